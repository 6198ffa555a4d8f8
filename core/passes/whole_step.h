#pragma once

// Forward, loss and backward of a training step as one graph.

#include <optional>

#include "core/base/result.h"
#include "core/ir/joint_graph.h"

namespace core::passes {

/// Joins the halves of a partition of `joint`. Placeholders are all primals. Outputs are the
/// forward's own (`numForwardOutputs`), the loss, and one gradient per primal (None where the loss
/// does not reach it). The loss is the forward's user output `lossOutput`, or, if that is empty,
/// the sum over floating-point outputs of the mean of squares, in f32 or wider. What the backward
/// recomputes is computed again, under a name of its own. Errors: UnsupportedOp where a step needs
/// more around its graphs than writing inputs back; InvalidArgument for a loss that cannot be
/// taken.
Result<ir::GraphPtr> wholeStepGraph(const ir::JointGraph& joint, const ir::Graph& forward,
                                    const ir::Graph& backward, std::optional<int> lossOutput);

}  // namespace core::passes
