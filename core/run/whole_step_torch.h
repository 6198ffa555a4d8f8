#pragma once

// A training step whose forward, loss and backward are one schedule.

#include <memory>
#include <vector>

#include "core/run/eager_shapes_torch.h"
#include "core/run/schedule_runner_torch.h"
#include "core/run/step_epilogue_torch.h"
#include "core/run/step_torch.h"

namespace core::run {

class WholeStep {
 public:
  /// Prepares `executable.whole` for `device`. `shapes` must outlive the object. Throws c10::Error
  /// for a step that cannot be run there.
  WholeStep(const torch::ExecutableStep& executable, const EagerShapes& shapes, c10::Device device);

  /// One step on the tensors of `bound`: gradients of earlier steps are cleared, the generator is
  /// seeded, mutated inputs are written, gradients reach their leaves. Errors: Torch.
  Result<StepTensors> run(torch::BoundTensors& bound, const torch::RunOptions& options,
                          Memory memory);

  /// Throws c10::IndexError if a generated kernel of the runs so far was given an index out of
  /// range. `run` itself looks on the CPU only.
  void checkIndices() { m_runner->checkIndices(); }
  bool isRandom() const { return m_runner->isRandom(); }
  int kernels() const;
  int externCalls() const;

 private:
  StepTensors runSchedule(torch::BoundTensors& bound, const torch::RunOptions& options);
  std::vector<at::Tensor> primalsOf(const std::vector<at::Tensor>& graphInputs) const;

  const EagerShapes& m_shapes;
  std::shared_ptr<const ir::JointGraph> m_joint;
  std::shared_ptr<const schedule::Schedule> m_schedule;
  std::unique_ptr<ScheduleRunner> m_runner;
  StepEpilogue m_epilogue;
};

}  // namespace core::run
