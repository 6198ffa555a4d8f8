#include "core/run/whole_step_torch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/utils/grad_layout_contract.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "core/run/memory_meter_torch.h"
#include "core/torch/guard_torch.h"

namespace core::run {
namespace {

using Clock = std::chrono::steady_clock;

/// As autograd's accumulation does it: a leaf's gradient has the leaf's strides.
at::Tensor laidOutFor(at::Tensor gradient, const at::Tensor& leaf) {
  namespace utils = ::torch::autograd::utils;
  return utils::obeys_layout_contract(gradient, leaf) ? gradient
                                                      : utils::clone_obey_contract(gradient, leaf);
}

/// Leaves keep their gradient; what was made of a leaf hands it on.
void giveGradients(const std::vector<at::Tensor>& primals, std::vector<at::Tensor> gradients) {
  std::vector<at::Tensor> made, ofMade;
  for (std::size_t i = 0; i < primals.size(); ++i) {
    if (!gradients[i].defined() || !primals[i].requires_grad()) continue;
    if (!primals[i].is_leaf()) {
      made.push_back(primals[i]);
      ofMade.push_back(std::move(gradients[i]));
      continue;
    }
    at::Tensor& gradient = primals[i].mutable_grad();
    const at::Tensor own = laidOutFor(std::move(gradients[i]), primals[i]);
    gradient = gradient.defined() ? gradient + own : own;
  }
  if (!made.empty()) ::torch::autograd::backward(made, ofMade);
}

/// Kernels run one after the other, so that one workspace is enough for all.
std::int64_t workspaceBytes(const std::vector<codegen::BuiltKernel>& kernels) {
  std::int64_t bytes = 0;
  for (const codegen::BuiltKernel& kernel : kernels) bytes = std::max(bytes, kernel.workspaceBytes);
  return bytes;
}

template <typename Kind>
int countSteps(const schedule::Schedule& schedule) {
  return static_cast<int>(
      std::count_if(schedule.steps.begin(), schedule.steps.end(),
                    [](const auto& step) { return std::holds_alternative<Kind>(step); }));
}

}  // namespace

WholeStep::WholeStep(const torch::ExecutableStep& executable, const EagerShapes& shapes,
                     c10::Device device)
    : m_shapes(shapes),
      m_joint(executable.joint),
      m_schedule(executable.whole.schedule),
      m_epilogue(*executable.joint) {
  RunPlace place{device, executable.gpu, allocateArena(m_schedule->arenaBytes, device),
                 allocateArena(workspaceBytes(executable.whole.kernels), device),
                 std::make_shared<KeptBlocks>()};
  m_runner =
      std::make_unique<ScheduleRunner>(m_schedule, executable.whole.kernels, std::move(place));
}

Result<StepTensors> WholeStep::run(torch::BoundTensors& bound, const torch::RunOptions& options,
                                   Memory memory) {
  return torch::guardTorch("The whole step failed", [&]() -> Result<StepTensors> {
    bound.clearGradients();
    std::optional<MemoryMeter> meter;
    if (memory == Memory::Measure) meter.emplace(m_runner->device());
    StepTensors step = runSchedule(bound, options);
    if (meter) step.peakBytes = meter->peakBytes() + m_schedule->arenaBytes;
    return step;
  });
}

StepTensors WholeStep::runSchedule(torch::BoundTensors& bound, const torch::RunOptions& options) {
  const at::AutoGradMode gradOn(true);
  StepTensors step;
  const auto start = Clock::now();
  step.graphInputs = bound.graphInputs();
  at::manual_seed(options.seed);
  const std::vector<at::Tensor> primals = primalsOf(step.graphInputs);
  std::vector<at::Tensor> inputs;
  for (const at::Tensor& primal : primals)
    inputs.push_back(primal.defined() ? primal.detach() : at::Tensor());
  std::vector<at::Tensor> values = m_runner->run(std::move(inputs));
  const auto forwardOutputs =
      values.begin() + static_cast<std::ptrdiff_t>(m_joint->signature.numForwardOutputs);
  step.loss = *forwardOutputs;
  giveGradients(primals, {std::make_move_iterator(forwardOutputs + 1),
                          std::make_move_iterator(values.end())});
  values.erase(forwardOutputs, values.end());
  step.outputs = m_epilogue.run(primals, values);
  m_shapes.restore(step.outputs);
  for (const ir::InputBinding& binding : m_joint->signature.inputBindings)
    step.written.push_back(binding.isWritten);
  step.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return step;
}

std::vector<at::Tensor> WholeStep::primalsOf(const std::vector<at::Tensor>& graphInputs) const {
  std::vector<at::Tensor> primals(static_cast<std::size_t>(m_joint->signature.numPrimals));
  const auto& bindings = m_joint->signature.inputBindings;
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    if (bindings[i].primal < 0) continue;
    at::Tensor& primal = primals[static_cast<std::size_t>(bindings[i].primal)];
    if (!primal.defined()) primal = graphInputs[i];
  }
  return primals;
}

int WholeStep::kernels() const {
  return countSteps<schedule::KernelStep>(*m_schedule);
}

int WholeStep::externCalls() const {
  return countSteps<schedule::ExternStep>(*m_schedule);
}

}  // namespace core::run
