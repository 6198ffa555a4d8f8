#pragma once

// The debug interpreter: a joint graph node by node on real tensors, each result held to what the
// graph says of it.

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/ir/graph.h"
#include "core/run/trace_check.h"

namespace core::run {

/// Called with each tensor that a node gives, in graph order; false ends the replay.
using OnReplayed = std::function<bool(const ir::Node& node, const at::Tensor& value)>;

/// Seconds of each call, by NodeId; 0 for a node that is not called.
using CallSeconds = std::vector<double>;

/// The node's name, operator, module and source line, with `what`.
TraceMismatch mismatchAt(const ir::Node& node, std::string what);

/// Runs `graph` on the CPU with autograd off. `inputs` has one tensor per placeholder (undefined
/// for symbolic scalars); `copy_` nodes write to them. Sizes and dtypes that differ from the graph
/// end it with check.mismatch; strides that differ are noted in check.relaid and the value is
/// copied into the graph's. Returns one tensor per graph output, undefined for None and after an
/// early end. With `seconds`, times the calls. Errors: Cancelled. Throws what the operators throw.
Result<std::vector<at::Tensor>> replayJoint(const ir::Graph& graph,
                                            const std::vector<at::Tensor>& inputs,
                                            const OnReplayed& onReplayed, TraceCheck& check,
                                            const StageContext& context,
                                            CallSeconds* seconds = nullptr);

}  // namespace core::run
