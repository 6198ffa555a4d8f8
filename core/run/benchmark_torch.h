#pragma once

// Times two variants of a step beside each other (performance §12 of the design).

#include "core/base/stage_context.h"
#include "core/run/compiled_step_torch.h"
#include "core/run/step_torch.h"

namespace core::run {

struct Variant {
  torch::BoundTensors& bound;
  ForwardFunction forward;
  const CompiledStep* compiled = nullptr;  ///< for the times of its halves; null for eager
};

/// Warms both up, measures the memory of one step each, then samples them alternately, so that a
/// machine that changes its speed hits both alike. A sample repeats the step until it takes a
/// millisecond; mutated buffers and inputs get their first values back between samples. Fills the
/// timings and, if the check passed, the speed-up. Errors: those of the steps; Cancelled.
Result<void> timeAlternately(Variant& eager, Variant& compiled, const torch::BenchOptions& options,
                             const StageContext& context, Measurement& measurement);

/// Mode, threads, budget, counts of kernels and extern calls.
void describeStep(const torch::ExecutableStep& step, const torch::RunOptions& options,
                  Measurement& measurement);

}  // namespace core::run
