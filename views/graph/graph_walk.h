#pragma once

// Walking from box to box by keyboard.

#include "core/layout/graph_geometry.h"

namespace views::graph {

enum class Direction { Up, Down, Left, Right };

/// Up and down follow an edge inside the lane to the nearest box there; left and right go to the
/// neighbour on the same band of rows, then along a net to another lane. Where no edge leads on,
/// the nearest box of the lane in that direction; -1 if there is none.
int neighbourOf(const core::layout::GraphGeometry& geometry, int box, Direction direction);

/// The next (or previous) box in reading order: lanes from left to right, each from top to bottom.
int stepFrom(const core::layout::GraphGeometry& geometry, int box, bool forwards);

}  // namespace views::graph
