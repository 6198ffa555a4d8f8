#include "core/run/model_runner_torch.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/DeviceGuard.h>

#include <chrono>
#include <optional>

#include "core/ir/attribute_inputs.h"
#include "core/run/benchmark_torch.h"
#include "core/run/compiled_step_torch.h"
#include "core/run/eager_shapes_torch.h"
#include "core/run/profile_torch.h"
#include "core/run/random_draws_torch.h"
#include "core/run/statistics.h"
#include "core/run/step_search_torch.h"
#include "core/run/step_torch.h"
#include "core/torch/guard_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

Variant graphVariant(CapturedStep& captured, torch::BoundTensors& bound, GraphReplay& graph) {
  const auto step = [&captured]() -> Result<void> {
    captured.replay();
    return {};
  };
  return {step, [&bound] { bound.restoreState(); }, graph.timing, nullptr};
}

Variant wholeVariant(RepeatedWhole& whole, torch::BoundTensors& bound, WholeStepRun& run) {
  return {[&whole] { return whole.again(); }, [&bound] { bound.restoreState(); }, run.timing,
          nullptr};
}

void compareTimes(Measurement& measurement) {
  const std::vector<double>& eager = measurement.eager.samplesMs;
  if (measurement.check.passed)
    measurement.speedup = speedupOf(eager, measurement.compiled.samplesMs);
  if (measurement.graph && measurement.graph->check.passed)
    measurement.graph->speedup = speedupOf(eager, measurement.graph->timing.samplesMs);
  if (measurement.whole && measurement.whole->check.passed)
    measurement.whole->speedup = speedupOf(eager, measurement.whole->timing.samplesMs);
}

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
                             c10::Device device, const StageContext& context) {
  trace::InterpretOptions options;
  options.device = device;
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
  const c10::Device device = torch::torchDevice(options.device);
  auto finished = torch::guardTorch("float64", [&]() -> Result<FinishedStep> {
    torch::BoundTensors bound(model, inputs, torch::Precision::Double, device);
    CORE_TRY(StepTensors step,
             runStep(bound, eagerForward(program, torch::Precision::Double, device, context),
                     options, Memory::Ignore));
    FinishedStep kept = finish(bound, std::move(step));
    kept.facts.clear();  // values are compared with it, and its parameters take twice the memory
    return kept;
  });
  if (finished) return std::move(*finished);
  context.log(LogLevel::Info, "run",
              "Errors are not measured against float64: " + finished.error().message);
  return std::nullopt;
}

/// `referenceStep` and what it drew.
struct Reference {
  std::optional<FinishedStep> step;
  std::vector<std::uint64_t> draws;
};

Reference drawnReference(const load::LoadedModel& model, const load::InputSet& inputs,
                         const trace::PreparedProgram& program, const torch::RunOptions& options,
                         const StageContext& context) {
  DrawRecorder recorder;
  std::optional<FinishedStep> step = referenceStep(model, inputs, program, options, context);
  return {std::move(step), recorder.take()};
}

/// The reference's step if it used the random numbers that eager drew; else empty, with a remark.
std::optional<FinishedStep> ifSameDraws(Reference reference,
                                        const std::vector<std::uint64_t>& eagerDraws,
                                        const StageContext& context) {
  if (!reference.step || reference.draws == eagerDraws) return std::move(reference.step);
  context.log(LogLevel::Info, "run",
              "Errors are not measured against float64, which draws other random numbers");
  return std::nullopt;
}

/// The device of a run is the current one while it lives, and has this many threads.
class RunScope {
 public:
  explicit RunScope(const torch::RunOptions& options)
      : device(torch::torchDevice(options.device)), m_guard(device) {
    useThreads(options.threads);
  }
  const c10::Device device;

 private:
  c10::DeviceGuard m_guard;
};

/// The `what` of a GPU would see launches, and not what they do.
Result<void> requireCpu(const torch::RunOptions& options, const std::string& what) {
  if (options.device.type == ir::DeviceType::Cpu) return {};
  return Error{
      ErrorCode::InvalidArgument, "A " + what + " runs on the CPU only. Use --device cpu.", {}, {}};
}

}  // namespace

Result<StepResult> ModelRunner::runEager(const torch::RunOptions& options,
                                         const StageContext& context) const {
  return torch::guardTorch("The eager step failed", [&]() -> Result<StepResult> {
    const RunScope scope(options);
    torch::BoundTensors bound(m_model, m_inputs, torch::Precision::Native, scope.device);
    CORE_TRY(
        const StepTensors step,
        runStep(bound, eagerForward(m_program, torch::Precision::Native, scope.device, context),
                options, Memory::Ignore));
    return fingerprint(bound, step, Execution::Eager);
  });
}

Result<StepResult> ModelRunner::runCompiled(const torch::ExecutableStep& executable,
                                            const torch::RunOptions& options,
                                            const StageContext& context) const {
  CORE_TRY_VOID(context.checkCancelled("run"));
  return torch::guardTorch("The compiled step failed", [&]() -> Result<StepResult> {
    const RunScope scope(options);
    torch::BoundTensors bound(m_model, m_inputs, torch::Precision::Native, scope.device);
    CompiledStep compiled(executable, scope.device, context);
    const EagerShapes shapes(m_program, m_inputs, m_model, context);
    CORE_TRY(const StepTensors step,
             runStep(bound, compiledForward(compiled, shapes), options, Memory::Ignore));
    compiled.checkIndices();
    return fingerprint(bound, step, Execution::Compiled);
  });
}

Result<FinishedStep> ModelRunner::finishedEager(const torch::RunOptions& options,
                                                const StageContext& context,
                                                std::vector<std::uint64_t>* draws) const {
  const c10::Device device = torch::torchDevice(options.device);
  DrawRecorder recorder;
  torch::BoundTensors bound(m_model, m_inputs, torch::Precision::Native, device);
  CORE_TRY(StepTensors eager,
           runStep(bound, eagerForward(m_program, torch::Precision::Native, device, context),
                   options, Memory::Ignore));
  if (draws) *draws = recorder.take();
  return finish(bound, std::move(eager));
}

Result<CheckResult> ModelRunner::check(const torch::ExecutableStep& executable,
                                       const torch::RunOptions& options,
                                       const StageContext& context) const {
  return torch::guardTorch("The check failed", [&]() -> Result<CheckResult> {
    const RunScope scope(options);
    CompiledStep step(executable, scope.device, context);
    // First, because a float64 step takes twice the memory: nothing else is held beside it.
    context.progress(0, "Check: eager in float64");
    Reference reference;
    // Draws of a GPU's generator are not recorded.
    if (!step.isRandom() || scope.device.is_cpu())
      reference = drawnReference(m_model, m_inputs, m_program, options, context);
    context.progress(0.4, "Check: eager");
    std::vector<std::uint64_t> draws;
    CORE_TRY(FinishedStep eager, finishedEager(options, context, &draws));
    const std::optional<FinishedStep> trusted = ifSameDraws(std::move(reference), draws, context);
    CORE_TRY_VOID(context.checkCancelled("check"));
    context.progress(0.7, "Check: compiled");
    torch::BoundTensors compiledBound(m_model, m_inputs, torch::Precision::Native, scope.device);
    const EagerShapes shapes(m_program, m_inputs, m_model, context);
    CORE_TRY(StepTensors compiled,
             runStep(compiledBound, compiledForward(step, shapes), options, Memory::Ignore));
    step.checkIndices();
    FinishedStep compiledFinished = finish(compiledBound, std::move(compiled));
    compiledFinished.savedRoundoff = savedRoundoff(*executable.partition);
    return compareSteps(compiledFinished, eager, trusted);
  });
}

Result<std::unique_ptr<CapturedStep>> ModelRunner::captureStep(
    torch::BoundTensors& bound, const ForwardFunction& compiled, const CompiledStep& called,
    const torch::RunOptions& options, const StageContext& context, Measurement& measurement) const {
  context.progress(kCheckShare, "Measure: record a CUDA graph");
  CORE_TRY(const FinishedStep eager, finishedEager(options, context));
  const auto step = [&](Memory memory) { return runStep(bound, compiled, options, memory); };
  auto captured = CapturedStep::capture(bound, step, options);
  if (!captured) {
    measurement.graphReason = captured.error().message;
    context.log(LogLevel::Warning, "run", measurement.graphReason);
    return std::unique_ptr<CapturedStep>();
  }
  bound.restoreState();
  (*captured)->replay();
  GraphReplay& graph = measurement.graph.emplace();
  FinishedStep replayed = finish(bound, (*captured)->tensors());
  replayed.savedRoundoff = savedRoundoff(called.partition());
  graph.check = compareValues(replayed, eager, std::nullopt);
  // Half precision may differ from eager as much as eager does from the truth.
  if (!graph.check.passed && !called.isRandom())
    graph.check = compareValues(replayed, eager,
                                referenceStep(m_model, m_inputs, m_program, options, context));
  graph.kernels = (*captured)->kernels();
  graph.timing.peakBytes = (*captured)->tensors().peakBytes;
  graph.timing.savedBytes = (*captured)->tensors().savedBytes;
  return captured;
}

Result<std::unique_ptr<RepeatedWhole>> ModelRunner::prepareWhole(
    const torch::ExecutableStep& executable, torch::BoundTensors& bound, const EagerShapes& shapes,
    const torch::RunOptions& options, const StageContext& context, Measurement& measurement) const {
  measurement.wholeReason = executable.wholeReason;
  if (!executable.whole.schedule) return std::unique_ptr<RepeatedWhole>();
  context.progress(kCheckShare, "Measure: check the whole step");
  std::vector<std::uint64_t> draws;
  CORE_TRY(const FinishedStep eager, finishedEager(options, context, &draws));
  auto whole = std::make_unique<RepeatedWhole>(executable, shapes, bound, options);
  auto tensors = whole->first();
  if (!tensors) {
    measurement.wholeReason = tensors.error().message;
    return std::unique_ptr<RepeatedWhole>();
  }
  WholeStepRun& run = measurement.whole.emplace();
  run.kernels = whole->step().kernels();
  run.externCalls = whole->step().externCalls();
  FinishedStep finished = finish(bound, *std::move(tensors));
  finished.savedRoundoff = savedRoundoff(*executable.partition);
  run.check = compareValues(finished, eager, std::nullopt);
  if (!run.check.passed &&
      (!whole->step().isRandom() || torch::torchDevice(options.device).is_cpu())) {
    Reference reference = drawnReference(m_model, m_inputs, m_program, options, context);
    run.check = compareValues(finished, eager, ifSameDraws(std::move(reference), draws, context));
  }
  bound.restoreState();
  CORE_TRY(run.timing.peakBytes, whole->peakBytes());
  return whole;
}

Result<StepSearch> ModelRunner::firstDifference(const torch::ExecutableStep& executable,
                                                const torch::RunOptions& options,
                                                const StageContext& context) const {
  return torch::guardTorch("The search failed", [&]() -> Result<StepSearch> {
    CORE_TRY_VOID(requireCpu(options, "search"));
    const RunScope scope(options);
    torch::BoundTensors bound(m_model, m_inputs, torch::Precision::Native, scope.device);
    CompiledStep step(executable, scope.device, context);
    const EagerShapes shapes(m_program, m_inputs, m_model, context);
    StepSearch search;
    const auto given = [](const ir::GraphPtr& half) { return ir::attributesToInputs(half).graph; };
    const StepSearcher forward(step.forwardRunner(), given(executable.partition->forward), false,
                               search, context);
    std::optional<StepSearcher> backward;
    if (step.backwardRunner())
      backward.emplace(*step.backwardRunner(), given(executable.partition->backward), true, search,
                       context);
    const auto ran = runStep(bound, compiledForward(step, shapes), options, Memory::Ignore);
    CORE_TRY_VOID(context.checkCancelled("the search"));
    if (!ran) return ran.error();
    return search;
  });
}

Result<Profile> ModelRunner::profile(const torch::ExecutableStep& executable,
                                     const torch::RunOptions& options,
                                     const StageContext& context) const {
  constexpr int kWarmups = 2;
  constexpr int kSteps = 5;
  return torch::guardTorch("The profile failed", [&]() -> Result<Profile> {
    CORE_TRY_VOID(requireCpu(options, "profile"));
    const RunScope scope(options);
    torch::BoundTensors eagerBound(m_model, m_inputs, torch::Precision::Native, scope.device);
    torch::BoundTensors compiledBound(m_model, m_inputs, torch::Precision::Native, scope.device);
    CompiledStep step(executable, scope.device, context);
    const EagerShapes shapes(m_program, m_inputs, m_model, context);
    const ForwardFunction runEager =
        eagerForward(m_program, torch::Precision::Native, scope.device, context);
    const ForwardFunction runCompiled = compiledForward(step, shapes);
    Profile best;
    for (int i = 0; i < kWarmups + kSteps; ++i) {
      CORE_TRY_VOID(context.checkCancelled("the profile"));
      context.progress(static_cast<double>(i) / (kWarmups + kSteps), "Profile");
      CORE_TRY(StepProfile eager, profileEager(eagerBound, runEager, options));
      CORE_TRY(StepProfile compiled, profileCompiled(compiledBound, step, runCompiled, options));
      if (i < kWarmups) continue;
      if (i == kWarmups || eager.wallUs < best.eager.wallUs) best.eager = std::move(eager);
      if (i == kWarmups || compiled.wallUs < best.compiled.wallUs)
        best.compiled = std::move(compiled);
    }
    return best;
  });
}

Result<Measurement> ModelRunner::measure(const torch::ExecutableStep& executable,
                                         const torch::BenchOptions& options,
                                         const StageContext& context) const {
  Measurement measurement;
  CORE_TRY(measurement.check, check(executable, options.run, partOf(context, 0, kCheckShare)));
  return torch::guardTorch("The measurement failed", [&]() -> Result<Measurement> {
    const RunScope scope(options.run);
    CompiledStep step(executable, scope.device, context);
    const EagerShapes shapes(m_program, m_inputs, m_model, context);
    const auto bind = [&] {
      return torch::BoundTensors(m_model, m_inputs, torch::Precision::Native, scope.device);
    };
    torch::BoundTensors eagerBound = bind(), compiledBound = bind();
    const ForwardFunction runEager =
        eagerForward(m_program, torch::Precision::Native, scope.device, context);
    const ForwardFunction runCompiled = compiledForward(step, shapes);
    CORE_TRY(Variant eager,
             stepVariant(eagerBound, runEager, nullptr, options.run, measurement.eager));
    CORE_TRY(Variant compiled,
             stepVariant(compiledBound, runCompiled, &step, options.run, measurement.compiled));
    std::vector<Variant> variants{std::move(eager), std::move(compiled)};
    std::optional<torch::BoundTensors> graphBound;
    std::unique_ptr<CapturedStep> captured;
    if (!scope.device.is_cpu()) {
      graphBound.emplace(bind());
      CORE_TRY(captured,
               captureStep(*graphBound, runCompiled, step, options.run, context, measurement));
      if (captured) variants.push_back(graphVariant(*captured, *graphBound, *measurement.graph));
    }
    std::optional<torch::BoundTensors> wholeBound;
    std::unique_ptr<RepeatedWhole> whole;
    if (options.run.mode == Mode::Train) {
      wholeBound.emplace(bind());
      CORE_TRY(whole,
               prepareWhole(executable, *wholeBound, shapes, options.run, context, measurement));
      if (whole && measurement.whole->check.passed)
        variants.push_back(wholeVariant(*whole, *wholeBound, *measurement.whole));
    }
    CORE_TRY_VOID(timeInTurns(variants, options, partOf(context, kCheckShare, 1), measurement));
    step.checkIndices();
    compareTimes(measurement);
    describeStep(executable, options.run, measurement);
    return measurement;
  });
}

}  // namespace core::run
