#pragma once

// The whole step, run again and again on the same tensors: on a GPU as one CUDA graph.

#include <memory>

#include "core/run/captured_step_torch.h"
#include "core/run/whole_step_torch.h"

namespace core::run {

class RepeatedWhole {
 public:
  /// The arguments must outlive the object; `bound` is as CapturedStep wants it. Throws c10::Error
  /// for a step that cannot be run on the device of `options`.
  RepeatedWhole(const torch::ExecutableStep& executable, const EagerShapes& shapes,
                torch::BoundTensors& bound, const torch::RunOptions& options);

  /// The first step, on a GPU after it was recorded. Errors: as WholeStep and CapturedStep; Torch
  /// for an index out of range.
  Result<StepTensors> first();
  /// One more step.
  Result<void> again();
  /// The most bytes that a step holds at once; on the CPU it runs one to see. Errors: Torch.
  Result<std::int64_t> peakBytes();
  const WholeStep& step() const { return m_step; }

 private:
  Result<StepTensors> run(Memory memory) { return m_step.run(m_bound, m_options, memory); }

  torch::BoundTensors& m_bound;
  const torch::RunOptions& m_options;
  WholeStep m_step;
  std::unique_ptr<CapturedStep> m_captured;  ///< on a GPU
};

}  // namespace core::run
