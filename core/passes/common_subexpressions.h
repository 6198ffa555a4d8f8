#pragma once

#include <vector>

#include "core/ir/origin_map.h"

namespace core::passes {

/// For each node the one that stands for it: itself, or the earlier one that it is merged into.
std::vector<ir::NodeId> representatives(const ir::Graph& graph,
                                        const std::vector<int>& primalStorage = {});

/// Merges equal calls into the first of them, as PyTorch does in front of the min-cut partitioner
/// (aot-behaviour §3.1 of the design). The kept node's origins are itself and the merged ones.
/// `primalStorage` as in JointSignature.
ir::PassResult eliminateCommonSubexpressions(const ir::GraphPtr& graph,
                                             const std::vector<int>& primalStorage = {});

}  // namespace core::passes
