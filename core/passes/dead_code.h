#pragma once

#include <vector>

#include "core/ir/origin_map.h"

namespace core::passes {

/// By NodeId: whether the node stays.
std::vector<bool> liveNodes(const ir::Graph& graph);

/// Removes nodes without users, last to first. Placeholders and nodes with side effects stay
/// (ir::hasSideEffect): writes, assertions, and calls that draw random numbers, because leaving one
/// out would give every later draw another number. Source: aot-behaviour §3.1 of the design.
ir::PassResult eliminateDeadCode(const ir::GraphPtr& graph);

}  // namespace core::passes
