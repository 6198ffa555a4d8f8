#pragma once

// The compiled model as a function of the user's tensors: what PyTorch's AOTAutograd runtime does
// around a forward and a backward graph (aot-behaviour §4.8 of the design).

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "core/base/stage_context.h"
#include "core/run/schedule_runner_torch.h"
#include "core/torch/torch_module.h"

namespace core::run {

class CompiledBackward;

/// Seconds of the last forward and backward schedule; on a GPU those of issuing them.
struct HalfTimes {
  double forward = 0;
  double backward = 0;
};

class CompiledStep {
 public:
  /// Prepares the forward for `device`. The backward is prepared by its first call, which builds it
  /// if it is deferred; `context` can stop that, and gets its remarks. Throws c10::Error for a step
  /// that cannot be run there.
  CompiledStep(const torch::ExecutableStep& step, c10::Device device,
               const StageContext& context = {});
  ~CompiledStep();
  CompiledStep(const CompiledStep&) = delete;
  CompiledStep& operator=(const CompiledStep&) = delete;

  /// Runs the forward on the inputs of the exported graph (undefined for constants) and returns the
  /// user outputs, undefined where an output is no tensor. Mutated inputs are written and their
  /// versions raised, aliased outputs are views of what they are views of in eager. In training the
  /// outputs have one autograd node that runs the backward schedule. Throws c10::Error.
  std::vector<at::Tensor> run(const std::vector<at::Tensor>& graphInputs);

  /// Throws c10::IndexError if a generated kernel of the runs so far was given an index out of
  /// range. `run` itself looks on the CPU only.
  void checkIndices();
  /// Prepared now, if no backward was called yet; null in inference, and for a step without
  /// gradients. Throws as a first call would.
  ScheduleRunner* backwardRunner();
  ScheduleRunner& forwardRunner();
  /// An operator of either half draws random numbers.
  bool isRandom() const;
  const partition::Partition& partition() const;
  HalfTimes times() const;
  /// Bytes of the arena that both halves use.
  std::int64_t arenaBytes() const;

 private:
  struct Shared;

  std::vector<at::Tensor> primalsOf(const std::vector<at::Tensor>& graphInputs) const;
  std::shared_ptr<CompiledBackward> makeNode(const std::vector<at::Tensor>& primals,
                                             std::vector<at::Tensor>& values) const;
  void reshapeInputs(const std::vector<at::Tensor>& graphInputs,
                     std::vector<at::Tensor>& outputs) const;
  void raiseVersions(const std::vector<at::Tensor>& graphInputs,
                     const std::vector<std::uint32_t>& before) const;
  void keepFromWrites(std::vector<at::Tensor>& values,
                      const std::vector<at::Tensor>& primals) const;
  std::vector<at::Tensor> savedOf(const std::vector<at::Tensor>& values) const;

  std::shared_ptr<Shared> m_shared;  ///< outlives this object as long as a backward may come
};

}  // namespace core::run
