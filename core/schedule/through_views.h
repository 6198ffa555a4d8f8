#pragma once

#include <optional>

#include "core/ir/graph.h"
#include "core/schedule/loop_index.h"

namespace core::schedule {

/// A read through views: the value behind them, and the index of it (empty if no affine index says
/// where the element lies).
struct MappedRead {
  ir::NodeId root;
  std::optional<LoopIndex> index;
};

/// Follows `operand` down to the value that it is a view of; splits axes of `space` where a reshape
/// cuts a dimension.
MappedRead throughViews(const ir::Graph& graph, ir::NodeId operand, LoopIndex index,
                        AxisSpace& space);

}  // namespace core::schedule
