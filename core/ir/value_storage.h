#pragma once

// Which values of a graph lie in the same memory, as far as the graph alone can tell.

#include <vector>

#include "core/ir/graph.h"

namespace core::ir {

/// The storage of values that have none: tuples, symbolic scalars, the output node.
inline constexpr int kNoStorage = -1;

/// One number per node, the id of the first node in that storage; equal numbers share a storage. A
/// result has its own storage unless its operator is a view, a split or an in-place operator: then
/// it has that of the first argument. `primalStorage` (JointSignature::primalStorage) says which of
/// the first placeholders share; empty: none do. Source: aot-behaviour §3.1 of the design.
std::vector<int> valueStorages(const Graph& graph, const std::vector<int>& primalStorage = {});

}  // namespace core::ir
