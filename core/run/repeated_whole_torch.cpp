#include "core/run/repeated_whole_torch.h"

#include "core/torch/guard_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {

RepeatedWhole::RepeatedWhole(const torch::ExecutableStep& executable, const EagerShapes& shapes,
                             torch::BoundTensors& bound, const torch::RunOptions& options)
    : m_bound(bound),
      m_options(options),
      m_step(executable, shapes, torch::torchDevice(options.device)) {}

Result<StepTensors> RepeatedWhole::first() {
  if (m_options.device.type == ir::DeviceType::Cpu) return run(Memory::Ignore);
  CORE_TRY(m_captured, CapturedStep::capture(
                           m_bound, [this](Memory memory) { return run(memory); }, m_options));
  m_bound.restoreState();
  m_captured->replay();
  return torch::guardTorch("The whole step failed", [this]() -> Result<StepTensors> {
    m_step.checkIndices();
    return m_captured->tensors();
  });
}

Result<void> RepeatedWhole::again() {
  if (m_captured) {
    m_captured->replay();
    return {};
  }
  CORE_TRY(const StepTensors tensors, run(Memory::Ignore));
  return {};
}

Result<std::int64_t> RepeatedWhole::peakBytes() {
  if (m_captured) return m_captured->tensors().peakBytes;
  CORE_TRY(const StepTensors measured, run(Memory::Measure));
  return measured.peakBytes;
}

}  // namespace core::run
