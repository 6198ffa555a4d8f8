#pragma once

// Neighbourhoods in a graph, for the terms user-of, input-of and path of a filter.

#include <vector>

#include "core/ir/graph.h"

namespace views::shared {

struct FilterTerm;

/// One mark per node: whether the Reach term holds of it. No marks if a named node does not exist.
/// Linear in the graph.
std::vector<char> reachedNodes(const core::ir::Graph& graph, const FilterTerm& term);

}  // namespace views::shared
