#include "core/run/model_runner_torch.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <optional>

#include "core/run/benchmark_torch.h"
#include "core/run/check_torch.h"
#include "core/run/compiled_step_torch.h"
#include "core/run/eager_shapes_torch.h"
#include "core/run/step_torch.h"
#include "core/torch/guard_torch.h"

namespace core::run {
namespace {

void useThreads(int threads) {
  if (threads > 0 && threads != at::get_num_threads()) at::set_num_threads(threads);
}

ForwardFunction compiledForward(CompiledStep& step, const EagerShapes& shapes) {
  return
      [&step, &shapes](const std::vector<at::Tensor>& inputs) -> Result<std::vector<at::Tensor>> {
        std::vector<at::Tensor> outputs = step.run(inputs);
        shapes.restore(outputs);
        return outputs;
      };
}

/// The check's share of the progress of a measurement.
constexpr double kCheckShare = 0.3;

/// A context whose progress fills [from, to] of `context`'s, which must outlive it.
StageContext partOf(const StageContext& context, double from, double to) {
  StageContext part = context;
  part.onProgress = [&context, from, to](double fraction, const std::string& what) {
    context.progress(from + fraction * (to - from), what);
  };
  return part;
}

/// Eager runs the exported program operator by operator under autograd.
ForwardFunction eagerForward(const trace::PreparedProgram& program, torch::Precision precision,
                             const StageContext& context) {
  trace::InterpretOptions options;
  options.floatAsDouble = precision == torch::Precision::Double;
  return [&program, options,
          &context](const std::vector<at::Tensor>& inputs) -> Result<std::vector<at::Tensor>> {
    CORE_TRY(const std::vector<c10::IValue> values,
             trace::interpret(program, inputs, options, context));
    std::vector<at::Tensor> outputs;
    for (const c10::IValue& value : values) {
      outputs.push_back(value.isTensor() ? value.toTensor() : at::Tensor());
    }
    return outputs;
  };
}

/// Eager in float64; empty, with a remark, where there is none.
std::optional<FinishedStep> referenceStep(const load::LoadedModel& model,
                                          const load::InputSet& inputs,
                                          const trace::PreparedProgram& program,
                                          const torch::RunOptions& options,
                                          const StageContext& context) {
  auto finished = torch::guardTorch("float64", [&]() -> Result<FinishedStep> {
    torch::BoundTensors bound(model, inputs, torch::Precision::Double);
    CORE_TRY(StepTensors step,
             runStep(bound, eagerForward(program, torch::Precision::Double, context), options,
                     Memory::Ignore));
    return finish(bound, std::move(step));
  });
  if (finished) return std::move(*finished);
  context.log(LogLevel::Info, "run",
              "Errors are not measured against float64: " + finished.error().message);
  return std::nullopt;
}

}  // namespace

Result<StepResult> ModelRunner::runEager(const torch::RunOptions& options,
                                         const StageContext& context) const {
  return torch::guardTorch("The eager step failed", [&]() -> Result<StepResult> {
    useThreads(options.threads);
    torch::BoundTensors bound(m_model, m_inputs, torch::Precision::Native);
    CORE_TRY(const StepTensors step,
             runStep(bound, eagerForward(m_program, torch::Precision::Native, context), options,
                     Memory::Ignore));
    return fingerprint(bound, step, Execution::Eager);
  });
}

Result<StepResult> ModelRunner::runCompiled(const torch::ExecutableStep& executable,
                                            const torch::RunOptions& options,
                                            const StageContext& context) const {
  CORE_TRY_VOID(context.checkCancelled("run"));
  return torch::guardTorch("The compiled step failed", [&]() -> Result<StepResult> {
    useThreads(options.threads);
    torch::BoundTensors bound(m_model, m_inputs, torch::Precision::Native);
    CompiledStep compiled(executable);
    const EagerShapes shapes(m_program, m_inputs, m_model, context);
    CORE_TRY(const StepTensors step,
             runStep(bound, compiledForward(compiled, shapes), options, Memory::Ignore));
    return fingerprint(bound, step, Execution::Compiled);
  });
}

Result<CheckResult> ModelRunner::check(const torch::ExecutableStep& executable,
                                       const torch::RunOptions& options,
                                       const StageContext& context) const {
  return torch::guardTorch("The check failed", [&]() -> Result<CheckResult> {
    useThreads(options.threads);
    context.progress(0, "Check: eager");
    torch::BoundTensors eagerBound(m_model, m_inputs, torch::Precision::Native);
    CORE_TRY(StepTensors eager,
             runStep(eagerBound, eagerForward(m_program, torch::Precision::Native, context),
                     options, Memory::Ignore));
    context.progress(0.3, "Check: compiled");
    torch::BoundTensors compiledBound(m_model, m_inputs, torch::Precision::Native);
    CompiledStep step(executable);
    const EagerShapes shapes(m_program, m_inputs, m_model, context);
    CORE_TRY(StepTensors compiled,
             runStep(compiledBound, compiledForward(step, shapes), options, Memory::Ignore));
    CORE_TRY_VOID(context.checkCancelled("check"));
    context.progress(0.6, "Check: eager in float64");
    std::optional<FinishedStep> reference;
    // Other dtypes draw other random numbers.
    if (!step.isRandom()) {
      reference = referenceStep(m_model, m_inputs, m_program, options, context);
    }
    FinishedStep compiledFinished = finish(compiledBound, std::move(compiled));
    FinishedStep eagerFinished = finish(eagerBound, std::move(eager));
    return compareSteps(compiledFinished, eagerFinished, reference);
  });
}

Result<Measurement> ModelRunner::measure(const torch::ExecutableStep& executable,
                                         const torch::BenchOptions& options,
                                         const StageContext& context) const {
  Measurement measurement;
  CORE_TRY(measurement.check, check(executable, options.run, partOf(context, 0, kCheckShare)));
  return torch::guardTorch("The measurement failed", [&]() -> Result<Measurement> {
    CompiledStep step(executable);
    const EagerShapes shapes(m_program, m_inputs, m_model, context);
    torch::BoundTensors eagerBound(m_model, m_inputs, torch::Precision::Native);
    torch::BoundTensors compiledBound(m_model, m_inputs, torch::Precision::Native);
    Variant eager{eagerBound, eagerForward(m_program, torch::Precision::Native, context), nullptr};
    Variant compiled{compiledBound, compiledForward(step, shapes), &step};
    CORE_TRY_VOID(
        timeAlternately(eager, compiled, options, partOf(context, kCheckShare, 1), measurement));
    describeStep(executable, options.run, measurement);
    return measurement;
  });
}

}  // namespace core::run
