#pragma once

// Indices through views: where in the viewed tensor an element of the view lies.

#include <optional>

#include "core/ir/graph.h"
#include "core/schedule/loop_index.h"

namespace core::schedule {

/// The index of the viewed tensor that `index` of the view `node` stands for; splits axes of
/// `space` where a reshape cuts a dimension. Empty if no affine index says it.
std::optional<LoopIndex> indexBelowView(const ir::Graph& graph, const ir::Node& node,
                                        const LoopIndex& index, AxisSpace& space);

/// The index of an operand of shape `operand` that is broadcast to `shape`.
LoopIndex broadcastIndex(const std::vector<std::int64_t>& operand,
                         const std::vector<std::int64_t>& shape, const LoopIndex& index);

/// Where each dimension of a permuting view lies in the viewed tensor.
std::vector<int> permutationOf(const ir::Graph& graph, const ir::Node& node);

}  // namespace core::schedule
