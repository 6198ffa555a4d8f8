#pragma once

// A whole compiled step against eager.

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "core/run/step_torch.h"

namespace core::run {

/// The tensors of a step, named for people: "output:0", "gradient:fc1.weight",
/// "buffer:bn.running_mean", "input:0".
struct FinishedStep {
  NamedTensors outputs;
  NamedTensors gradients;
  NamedTensors buffers;
  NamedTensors inputs;
};

FinishedStep finish(const torch::BoundTensors& bound, StepTensors step);

/// Compares all tensors; `reference` is eager in float64. The sentence names the worst tensor.
CheckResult compareSteps(const FinishedStep& compiled, const FinishedStep& eager,
                         const std::optional<FinishedStep>& reference);

}  // namespace core::run
