#pragma once

// Traces forward and backward of a model into one functional joint graph, as PyTorch's AOTAutograd
// does (aot-behaviour §0, §4 of the design). No kernel runs and nothing global is changed.

#include "core/base/stage_context.h"
#include "core/load/loaded_model.h"
#include "core/torch/torch_module.h"

namespace core::trace {

struct PreparedProgram;

/// The joint graph of `model` for the geometry of `inputs`; an inference graph in Mode::Infer, or
/// if nothing needs a gradient. Symbolic dimensions become symbols where traces at other sizes
/// agree (symbolic_trace.h), else they are specialised to the inputs' sizes. With an error, the
/// graph up to the call that could not be traced. Errors: UnsupportedOp and DataDependentShape with
/// operator, module path and source line; InvalidArgument; Cancelled; Torch.
torch::TraceResult traceJoint(const load::LoadedModel& model, const load::InputSet& inputs,
                              const PreparedProgram& program, const torch::TraceOptions& options,
                              const StageContext& context);

}  // namespace core::trace
