#pragma once

// Walking from box to box by keyboard.

#include <set>

#include "core/layout/graph_geometry.h"

namespace views::graph {

enum class Direction { Up, Down, Left, Right };

/// Up and down follow an edge inside the lane to the nearest box there; left and right go to the
/// neighbour on the same band of rows, then along a net to another lane. Where no edge leads on,
/// the nearest box of the lane in that direction; -1 if there is none.
int neighbourOf(const core::layout::GraphGeometry& geometry, int box, Direction direction);

/// The next (or previous) box in reading order: lanes from left to right, each from top to bottom.
int stepFrom(const core::layout::GraphGeometry& geometry, int box, bool forwards);

/// The next (or previous) of `among` in reading order after the box; past the last the first.
/// -1 if there is none.
int stepAmong(const core::layout::GraphGeometry& geometry, const std::set<int>& among, int box,
              bool forwards);

/// The box and all that can be reached from it over at most `hops` edges, in either direction;
/// boxes without edges of their own (frames) are left out.
std::set<int> boxesAround(const core::layout::GraphGeometry& geometry, int box, int hops);
/// The boxes on the ways that lead from one of the two to the other along the edges, both of them
/// included; empty if neither can be reached from the other.
std::set<int> boxesBetween(const core::layout::GraphGeometry& geometry, int a, int b);

}  // namespace views::graph
