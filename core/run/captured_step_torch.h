#pragma once

// A whole step (forward, loss, backward) as one CUDA graph.

#include <functional>
#include <memory>

#include "core/base/result.h"
#include "core/run/step_torch.h"

namespace c10 {
struct Stream;
}
namespace core::torch {
class StreamGraph;
}

namespace core::run {

/// A step that can be run again and again.
using StepFunction = std::function<Result<StepTensors>(Memory)>;

class CapturedStep {
 public:
  /// Runs `step` on the tensors of `bound` a few times on a stream of its own, then records it
  /// once. `bound` must not be used for other steps before: gradients belong to the stream of their
  /// first one. `bound`, `options` and what `step` refers to must outlive the object. Errors:
  /// Torch, with what cannot be recorded; OutOfMemory; DeviceUnavailable where libaot_torch_cuda is
  /// missing.
  static Result<std::unique_ptr<CapturedStep>> capture(torch::BoundTensors& bound,
                                                       StepFunction step,
                                                       const torch::RunOptions& options);
  ~CapturedStep();

  /// One step: seeds the generator and issues everything at once. Outputs, loss and gradients lie
  /// where they lay at the last one.
  void replay();
  /// The tensors that every replay fills.
  const StepTensors& tensors() const { return m_tensors; }
  /// Kernels that one replay launches.
  int kernels() const;

 private:
  CapturedStep(torch::BoundTensors& bound, StepFunction step, const torch::RunOptions& options);
  Result<void> record();

  torch::BoundTensors& m_bound;
  StepFunction m_step;
  const torch::RunOptions& m_options;
  StepTensors m_tensors;
  std::unique_ptr<torch::StreamGraph> m_graph;
};

}  // namespace core::run
