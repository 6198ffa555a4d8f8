#pragma once

// A whole compiled step against eager.

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "core/partition/partition.h"
#include "core/run/tensor_facts_torch.h"

namespace core::run {

/// The tensors of a step, named for people: "output:0", "gradient:fc1.weight",
/// "buffer:bn.running_mean", "input:0".
struct FinishedStep {
  NamedTensors outputs;
  NamedTensors gradients;
  NamedTensors buffers;
  NamedTensors inputs;
  NamedTensors writtenParameters;
  std::vector<TensorFacts> facts;
  /// The rounding error, relative to a value, of the saved tensors that its backward got: 0 unless
  /// they were quantized.
  double savedRoundoff = 0;
};

/// Half a unit in the last place of the coarsest 8-bit form that a saved tensor of the partition
/// has; 0 if none has.
double savedRoundoff(const partition::Partition& partition);

FinishedStep finish(const torch::BoundTensors& bound, StepTensors step);

/// Compares all tensors, and what can be observed of them besides values; `reference` is eager in
/// float64. The sentence names the worst tensor. Afterwards the outputs of both steps are written
/// to and everything is compared once more, so the steps' tensors are spent.
CheckResult compareSteps(FinishedStep& compiled, FinishedStep& eager,
                         const std::optional<FinishedStep>& reference);

/// Compares the values only: what a replay of a recorded step leaves in tensors that exist already.
CheckResult compareValues(const FinishedStep& replayed, const FinishedStep& eager,
                          const std::optional<FinishedStep>& reference);

}  // namespace core::run
