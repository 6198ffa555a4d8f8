#pragma once

// What must run before what.

#include <vector>

#include "core/schedule/lowered_graph.h"

namespace core::schedule {

/// Nodes that must run after each node, by NodeId: the readers of its values, for the reader of a
/// tensor that a copy_ overwrites that copy, and for a call that draws random numbers the next one
/// that does, because a generator gives its numbers in order.
std::vector<std::vector<ir::NodeId>> successors(const LoweredGraph& lowered);

/// An order of `unitCount` units in which every unit runs after those that it depends on; of the
/// ready ones, the one whose last node comes first in the graph. `unitOf` is -1 for nodes that are
/// not scheduled. Empty if the units depend on each other in a circle.
std::vector<int> orderUnits(const std::vector<std::vector<ir::NodeId>>& successors,
                            const std::vector<int>& unitOf, int unitCount);

}  // namespace core::schedule
