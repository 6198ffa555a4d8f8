#pragma once

// Records where a step's time goes, while it runs.

#include <chrono>
#include <memory>
#include <vector>

#include "core/run/compiled_step_torch.h"
#include "core/run/profile.h"
#include "core/run/schedule_runner_torch.h"
#include "core/run/step_torch.h"

namespace core::run {

/// Times the operators that this thread calls from its making to its end: each that no other one
/// calls, and each node of autograd's backward as a whole.
class OperatorRecorder {
 public:
  /// Starts are counted from `origin`.
  explicit OperatorRecorder(std::chrono::steady_clock::time_point origin);
  ~OperatorRecorder();
  OperatorRecorder(const OperatorRecorder&) = delete;
  OperatorRecorder& operator=(const OperatorRecorder&) = delete;

  /// What was recorded so far, in order of time.
  std::vector<ProfileSlice> take();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// Times the steps of one half's schedule.
class StepTimer final : public RunObserver {
 public:
  /// Slices go to `slices`, with starts counted from `origin`. The arguments must outlive the
  /// object.
  StepTimer(ScheduleRunner& runner, bool isBackward, std::chrono::steady_clock::time_point origin,
            std::vector<ProfileSlice>& slices);
  ~StepTimer() override;

  void began(const std::vector<at::Tensor>& inputs) override;
  void ran(std::size_t step) override;

 private:
  ScheduleRunner& m_runner;
  bool m_isBackward;
  std::chrono::steady_clock::time_point m_origin;
  std::chrono::steady_clock::time_point m_last;
  std::vector<ProfileSlice>& m_slices;
};

/// Runs one step and says where all of its time went.
Result<StepProfile> profileEager(torch::BoundTensors& bound, const ForwardFunction& forward,
                                 const torch::RunOptions& options);
/// The same of a step whose `forward` runs `step`.
Result<StepProfile> profileCompiled(torch::BoundTensors& bound, CompiledStep& step,
                                    const ForwardFunction& forward,
                                    const torch::RunOptions& options);

}  // namespace core::run
