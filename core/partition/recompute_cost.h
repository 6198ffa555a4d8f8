#pragma once

// Estimated time to compute a node again.

#include "core/ir/graph.h"

namespace core::partition {

/// Floating-point operations of a call, at the example sizes; 0 for operators without a formula.
/// Source: torch.utils.flop_counter's formulas (aot-behaviour §3.6 of the design).
double flopCount(const ir::Graph& graph, const ir::Node& node);

/// The partitioner's estimate: flopCount(), but at least 1.
double recomputeCost(const ir::Graph& graph, const ir::Node& node);

}  // namespace core::partition
