#pragma once

// One step of a model, eager or compiled: forward, loss, backward. The function that makes outputs
// from inputs is all that differs.

#include <ATen/core/Tensor.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/run/measurement.h"
#include "core/torch/bind_weights_torch.h"
#include "core/torch/torch_module.h"

namespace core::run {

/// Graph inputs in, user outputs out (undefined where an output is no tensor).
using ForwardFunction =
    std::function<Result<std::vector<at::Tensor>>(const std::vector<at::Tensor>& graphInputs)>;

/// Tensors of a finished step. Gradients are those of the leaves in `bound`.
struct StepTensors {
  at::Tensor loss;  ///< undefined in inference
  std::vector<at::Tensor> outputs;
  std::vector<at::Tensor> graphInputs;  ///< as the model was given them
  std::vector<bool> written;            ///< per graph input: the forward raised its version
  std::chrono::steady_clock::time_point begin, forwardEnd;
  double seconds = 0;           ///< from `begin`: forward, loss and backward
  std::int64_t savedBytes = 0;  ///< held from forward to backward, without the outputs
  std::int64_t peakBytes = 0;   ///< most bytes allocated at once during the step
};

enum class Memory { Ignore, Measure };

/// Seeds the generator, runs the forward and in training the loss and its backward. Gradients of
/// earlier steps are cleared first. Errors: InvalidArgument if the loss cannot be taken, Torch.
Result<StepTensors> runStep(torch::BoundTensors& bound, const ForwardFunction& forward,
                            const torch::RunOptions& options, Memory memory);

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// Gradients by parameter name and "input:<i>", in the program's order; undefined where there is
/// none. Inputs that need no gradient are left out.
NamedTensors gradientsOf(const torch::BoundTensors& bound);

/// The user inputs after the step, in order.
std::vector<at::Tensor> inputsAfter(const torch::BoundTensors& bound, const StepTensors& step);

/// The step as fingerprints.
StepResult fingerprint(const torch::BoundTensors& bound, const StepTensors& step,
                       Execution execution);

}  // namespace core::run
