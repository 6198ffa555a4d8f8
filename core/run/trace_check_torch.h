#pragma once

// Is the traced graph what eager does? Replays it on real data beside an eager run.

#include "core/base/stage_context.h"
#include "core/load/loaded_model.h"
#include "core/run/trace_check.h"
#include "core/torch/torch_module.h"
#include "core/trace/program_interpreter_torch.h"

namespace core::run {

/// Runs the program eagerly, keeping a copy of every value and taking gradients against made-up
/// tangents; then replays `traced.joint` on copies of the same data from the same seed and compares
/// every node's size, stride and dtype with the graph, and every value of the program, output,
/// written input and gradient with eager. A first mismatch ends it and is in the result; it is no
/// error. Takes as much memory as all values of the program together. Errors: those of the eager
/// run, Torch, Cancelled.
Result<TraceCheck> checkTrace(const load::LoadedModel& model, const load::InputSet& inputs,
                              const trace::PreparedProgram& program,
                              const torch::TraceResult& traced, const torch::RunOptions& options,
                              const StageContext& context);

}  // namespace core::run
