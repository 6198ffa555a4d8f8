#pragma once

// Times variants of a step beside each other (performance §12 of the design).

#include <functional>
#include <vector>

#include "core/base/stage_context.h"
#include "core/run/compiled_step_torch.h"
#include "core/run/step_torch.h"

namespace core::run {

/// One way to run a step.
struct Variant {
  std::function<Result<void>()> step;      ///< once, its tensors freed within
  std::function<void()> restore;           ///< gives buffers and inputs their first values again
  Timing& timing;                          ///< the samples go there
  const CompiledStep* compiled = nullptr;  ///< for the times of its halves; null where it has none
};

/// A variant that runs forward, loss and backward on `bound`; its memory is measured at once. All
/// arguments must outlive it. Errors: those of the step.
Result<Variant> stepVariant(torch::BoundTensors& bound, const ForwardFunction& forward,
                            const CompiledStep* compiled, const torch::RunOptions& options,
                            Timing& timing);

/// Warms all up, then samples them in turns, so that a machine that changes its speed hits all
/// alike. A sample repeats the step until it takes a millisecond, and waits for the device; mutated
/// buffers and inputs get their first values back between samples. Fills and summarizes the
/// timings, and the medians of the halves of a compiled variant. Errors: those of the steps;
/// Cancelled.
Result<void> timeInTurns(std::vector<Variant>& variants, const torch::BenchOptions& options,
                         const StageContext& context, Measurement& measurement);

/// Mode, device, threads, budget, counts of kernels and extern calls.
void describeStep(const torch::ExecutableStep& step, const torch::RunOptions& options,
                  Measurement& measurement);

}  // namespace core::run
