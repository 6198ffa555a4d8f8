#include "core/run/step_torch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <chrono>
#include <set>

#include "core/run/checksum_torch.h"
#include "core/run/memory_meter_torch.h"
#include "core/torch/guard_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

using Clock = std::chrono::steady_clock;

/// The sum over floating-point outputs of mean(output ** 2), in float32 or wider.
at::Tensor meanSquare(const std::vector<at::Tensor>& outputs) {
  at::Tensor loss;
  for (const at::Tensor& output : outputs) {
    if (!output.defined() || !output.is_floating_point()) continue;
    const at::Tensor wide = output.scalar_type() == at::kDouble ? output : output.to(at::kFloat);
    const at::Tensor term = wide.square().mean();
    loss = loss.defined() ? loss + term : term;
  }
  return loss;
}

Result<at::Tensor> lossOf(const std::vector<at::Tensor>& outputs, const LossSpec& spec) {
  if (!spec.output) {
    at::Tensor loss = meanSquare(outputs);
    if (loss.defined()) return loss;
    return Error{ErrorCode::InvalidArgument,
                 "The model has no floating-point output, so there is no loss to train with. Run "
                 "it in inference mode.",
                 {},
                 {}};
  }
  const int index = *spec.output;
  if (index < 0 || index >= static_cast<int>(outputs.size())) {
    return Error{ErrorCode::InvalidArgument,
                 "The loss is output " + std::to_string(index) + ", but the model has " +
                     std::to_string(outputs.size()) + " outputs.",
                 {},
                 {}};
  }
  const at::Tensor& loss = outputs[static_cast<std::size_t>(index)];
  if (!loss.defined() || !loss.is_floating_point() || loss.numel() != 1) {
    return Error{ErrorCode::InvalidArgument,
                 "Output " + std::to_string(index) +
                     " is not one floating-point number, so it cannot be the loss. Choose "
                     "mean_square.",
                 {},
                 {}};
  }
  return loss;
}

/// Bytes of the distinct storages of `tensors`.
std::int64_t storageBytes(const std::vector<at::Tensor>& tensors) {
  std::set<const c10::StorageImpl*> seen;
  std::int64_t bytes = 0;
  for (const at::Tensor& tensor : tensors) {
    if (!tensor.defined()) continue;
    const c10::StorageImpl* storage = tensor.storage().unsafeGetStorageImpl();
    if (seen.insert(storage).second) bytes += static_cast<std::int64_t>(storage->nbytes());
  }
  return bytes;
}

std::vector<std::uint32_t> versionsOf(const std::vector<at::Tensor>& tensors) {
  std::vector<std::uint32_t> versions;
  for (const at::Tensor& tensor : tensors) {
    versions.push_back(tensor.defined() ? static_cast<std::uint32_t>(tensor._version()) : 0);
  }
  return versions;
}

/// Fills outputs and `written`.
Result<void> runForward(const ForwardFunction& forward, StepTensors& step) {
  const std::vector<std::uint32_t> before = versionsOf(step.graphInputs);
  CORE_TRY(step.outputs, forward(step.graphInputs));
  const std::vector<std::uint32_t> after = versionsOf(step.graphInputs);
  for (std::size_t i = 0; i < before.size(); ++i) step.written.push_back(before[i] != after[i]);
  return {};
}

Result<StepTensors> train(torch::BoundTensors& bound, const ForwardFunction& forward,
                          const torch::RunOptions& options, const MemoryMeter* meter) {
  const at::AutoGradMode gradOn(true);
  StepTensors step;
  step.begin = Clock::now();
  step.graphInputs = bound.graphInputs();
  at::manual_seed(options.seed);
  CORE_TRY_VOID(runForward(forward, step));
  step.forwardEnd = Clock::now();
  CORE_TRY(step.loss, lossOf(step.outputs, options.loss));
  if (meter) {
    std::vector<at::Tensor> results = step.outputs;
    results.push_back(step.loss);
    const std::int64_t held = meter->currentBytes() - storageBytes(results);
    step.savedBytes = std::max<std::int64_t>(held, 0);
  }
  if (step.loss.requires_grad()) {
    ::torch::autograd::backward({step.loss.dim() == 0 ? step.loss : step.loss.sum()}, {});
  }
  step.seconds = std::chrono::duration<double>(Clock::now() - step.begin).count();
  return step;
}

Result<StepTensors> infer(torch::BoundTensors& bound, const ForwardFunction& forward,
                          const torch::RunOptions& options) {
  const at::NoGradGuard noGrad;
  StepTensors step;
  step.begin = Clock::now();
  step.graphInputs = bound.graphInputs();
  at::manual_seed(options.seed);
  CORE_TRY_VOID(runForward(forward, step));
  step.forwardEnd = Clock::now();
  step.seconds = std::chrono::duration<double>(Clock::now() - step.begin).count();
  return step;
}

std::vector<NamedChecksum> checksums(const NamedTensors& tensors) {
  std::vector<NamedChecksum> result;
  for (const auto& [name, tensor] : tensors) result.emplace_back(name, checksumOf(tensor));
  return result;
}

std::vector<std::optional<Checksum>> checksums(const std::vector<at::Tensor>& tensors) {
  std::vector<std::optional<Checksum>> result;
  for (const at::Tensor& tensor : tensors) result.push_back(checksumOf(tensor));
  return result;
}

}  // namespace

Result<StepTensors> runStep(torch::BoundTensors& bound, const ForwardFunction& forward,
                            const torch::RunOptions& options, Memory memory) {
  return torch::guardTorch("The step failed", [&]() -> Result<StepTensors> {
    bound.clearGradients();
    std::optional<MemoryMeter> meter;
    if (memory == Memory::Measure) meter.emplace(torch::torchDevice(options.device));
    Result<StepTensors> step = options.mode == Mode::Train
                                   ? train(bound, forward, options, meter ? &*meter : nullptr)
                                   : infer(bound, forward, options);
    if (step && meter) step->peakBytes = meter->peakBytes();
    return step;
  });
}

NamedTensors gradientsOf(const torch::BoundTensors& bound) {
  NamedTensors gradients = bound.parameterGradients();
  for (std::size_t i = 0; i < bound.inputLeaves().size(); ++i) {
    const at::Tensor& leaf = bound.inputLeaves()[i];
    if (leaf.defined()) gradients.emplace_back("input:" + std::to_string(i), leaf.grad());
  }
  return gradients;
}

std::vector<at::Tensor> inputsAfter(const torch::BoundTensors& bound, const StepTensors& step) {
  std::vector<at::Tensor> inputs;
  for (const int position : bound.inputPositions()) {
    inputs.push_back(step.graphInputs[static_cast<std::size_t>(position)]);
  }
  return inputs;
}

StepResult fingerprint(const torch::BoundTensors& bound, const StepTensors& step,
                       Execution execution) {
  StepResult result;
  result.execution = execution;
  if (step.loss.defined()) result.lossValue = step.loss.item<double>();
  result.outputs = checksums(step.outputs);
  if (step.loss.defined()) result.gradients = checksums(gradientsOf(bound));
  result.buffersAfter = checksums(bound.buffers());
  result.inputsAfter = checksums(inputsAfter(bound, step));
  result.seconds = step.seconds;
  return result;
}

}  // namespace core::run
