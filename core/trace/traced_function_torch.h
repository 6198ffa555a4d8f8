#pragma once

// The function that is traced: primals in, user outputs out, on meta tensors.

#include <ATen/core/Tensor.h>

#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/torch/torch_module.h"
#include "core/trace/dispatch_recorder_torch.h"
#include "core/trace/layout_check_torch.h"
#include "core/trace/program_interpreter_torch.h"
#include "core/trace/traced_inputs.h"

namespace core::trace {

class TracedFunction {
 public:
  /// The arguments must outlive the object.
  /// `constants` has one meta tensor per constant of the inputs: the same in every run of a trace,
  /// because that is how a record knows them.
  TracedFunction(const PreparedProgram& program, const TracedInputs& inputs,
                 const std::vector<at::Tensor>& constants, const torch::TraceOptions& options,
                 const StageContext& context)
      : m_program(program),
        m_inputs(inputs),
        m_constants(constants),
        m_options(options),
        m_context(context) {}

  const TracedInputs& inputs() const { return m_inputs; }
  const PreparedProgram& program() const { return m_program; }
  const StageContext& context() const { return m_context; }
  /// For the recorders of this trace.
  RecorderLimits limits() const { return {m_context.stop, m_options.learnShapesBytes}; }

  /// One meta tensor per primal, a leaf that requires grad where the primal does. Each has a
  /// storage of its own: primals that must share one were merged before.
  std::vector<at::Tensor> freshPrimals() const;

  /// Runs the program on `primals` and returns the user outputs, undefined where an output is no
  /// tensor, then the inputs that are reshaped views of a base. To be called with `recorder`'s
  /// scope open. `check`, if given, sees every result. Errors name operator, module and line.
  Result<std::vector<at::Tensor>> run(const std::vector<at::Tensor>& primals, Recorder& recorder,
                                      LayoutCheck* check = nullptr) const;

 private:
  const PreparedProgram& m_program;
  const TracedInputs& m_inputs;
  const std::vector<at::Tensor>& m_constants;
  const torch::TraceOptions& m_options;
  const StageContext& m_context;
};

/// The noted failure of a trace: cause and operator from the recorder, place from the program node.
Error traceError(const Recorder& recorder, const load::ExportNode* node, Error fallback);

}  // namespace core::trace
