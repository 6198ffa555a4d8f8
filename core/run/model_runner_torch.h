#pragma once

// Everything that runs one model: eager, compiled, the check of one against the other, and the
// measurement of both. The module's TorchModel forwards to it.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/stage_context.h"
#include "core/load/loaded_model.h"
#include "core/run/captured_step_torch.h"
#include "core/run/check_torch.h"
#include "core/run/measurement.h"
#include "core/run/profile.h"
#include "core/run/repeated_whole_torch.h"
#include "core/run/step_search.h"
#include "core/torch/bind_weights_torch.h"
#include "core/torch/torch_module.h"
#include "core/trace/program_interpreter_torch.h"

namespace core::run {

class CompiledStep;

class ModelRunner {
 public:
  /// The arguments must outlive the object. Nothing is copied before the first run.
  ModelRunner(const load::LoadedModel& model, const load::InputSet& inputs,
              const trace::PreparedProgram& program)
      : m_model(model), m_inputs(inputs), m_program(program) {}

  /// One eager step from fresh copies.
  Result<StepResult> runEager(const torch::RunOptions& options, const StageContext& context) const;
  /// One compiled step from fresh copies.
  Result<StepResult> runCompiled(const torch::ExecutableStep& step,
                                 const torch::RunOptions& options,
                                 const StageContext& context) const;
  /// Every output, gradient, buffer and input of a compiled step against eager in the same dtype,
  /// and against eager in float64 where that can be run (the same random numbers, no operator
  /// without a float64 kernel; a remark in the log says so).
  Result<CheckResult> check(const torch::ExecutableStep& step, const torch::RunOptions& options,
                            const StageContext& context) const;
  /// Runs a compiled step with every step of its schedules held to eager, from eager's values.
  Result<StepSearch> firstDifference(const torch::ExecutableStep& step,
                                     const torch::RunOptions& options,
                                     const StageContext& context) const;
  /// Where the time of a step goes, eager and compiled: the fastest of some steps of each.
  Result<Profile> profile(const torch::ExecutableStep& step, const torch::RunOptions& options,
                          const StageContext& context) const;
  /// Checks, then times eager and compiled in turns (see benchmark_torch.h), on a GPU also the
  /// compiled step as one CUDA graph, in training the whole step as one schedule (on a GPU as one
  /// CUDA graph too). A step that fails its check is timed but gets no speed-up.
  Result<Measurement> measure(const torch::ExecutableStep& step, const torch::BenchOptions& options,
                              const StageContext& context) const;

 private:
  /// `draws`, if given, gets the fingerprints of the random numbers (random_draws_torch.h).
  Result<FinishedStep> finishedEager(const torch::RunOptions& options, const StageContext& context,
                                     std::vector<std::uint64_t>* draws = nullptr) const;
  /// The step as one graph, and its replay checked; `measurement` says why there is none.
  Result<std::unique_ptr<CapturedStep>> captureStep(torch::BoundTensors& bound,
                                                    const ForwardFunction& compiled,
                                                    const CompiledStep& called,
                                                    const torch::RunOptions& options,
                                                    const StageContext& context,
                                                    Measurement& measurement) const;

  /// The step as one schedule, with its check in `measurement`; null where there is none.
  Result<std::unique_ptr<RepeatedWhole>> prepareWhole(const torch::ExecutableStep& executable,
                                                      torch::BoundTensors& bound,
                                                      const EagerShapes& shapes,
                                                      const torch::RunOptions& options,
                                                      const StageContext& context,
                                                      Measurement& measurement) const;

  const load::LoadedModel& m_model;
  const load::InputSet& m_inputs;
  const trace::PreparedProgram& m_program;
};

}  // namespace core::run
