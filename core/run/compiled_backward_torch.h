#pragma once

// The autograd node that stands for the compiled forward, and runs the backward schedule.

#include <ATen/core/Tensor.h>
#include <torch/csrc/autograd/function.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/stage_context.h"
#include "core/run/schedule_runner_torch.h"
#include "core/torch/module_options.h"

namespace core::run {

/// Where an input of the backward schedule comes from.
struct BackwardSource {
  enum class Kind { Tangent, Saved, Constant, Number };
  Kind kind = Kind::Number;
  /// Of the tangent, of the forward output that was saved, of the input of the exported graph.
  std::size_t index = 0;
};

/// The backward, with how long it last took.
struct BackwardHalf {
  torch::ExecutableHalf executable;
  RunPlace place;
  StageContext context;                    ///< of a build that waits for the first call
  std::unique_ptr<ScheduleRunner> runner;  ///< null before the first call
  std::vector<BackwardSource> sources;
  std::vector<ir::TensorMeta> tangents;  ///< the traced layouts
  /// Per gradient the tangents that it depends on. If none of them comes, neither does the
  /// gradient: eager leaves `.grad` alone then, and zeros would not.
  std::vector<std::vector<std::size_t>> tangentsOfGradient;
  double seconds = 0;

  const ir::Graph& graph() const { return *executable.schedule->graph; }
  /// Builds the kernels and prepares every call, if that is not done yet. Throws
  /// torch::ThrownError if the half cannot be built, c10::Error for calls that cannot be made.
  ScheduleRunner& prepared();
};

/// Values that the forward hands to the backward. Some lie in memory that the user sees (inputs,
/// outputs); like eager, the backward then refuses to go on if they were written meanwhile.
class SavedValues {
 public:
  SavedValues() = default;
  /// `values` by forward output, undefined where nothing is saved; `visible` are the user's tensors
  /// as the step leaves them.
  SavedValues(std::vector<at::Tensor> values, const std::vector<at::Tensor>& visible);

  bool areReleased() const { return m_values.empty(); }
  void release();
  /// Throws c10::Error if a visible tensor that shares memory with a saved value was written since.
  void checkVersions() const;
  const at::Tensor& at(std::size_t output) const { return m_values.at(output); }

 private:
  struct Watch {
    c10::VariableVersion version;
    std::uint32_t expected = 0;
  };
  std::vector<at::Tensor> m_values;
  std::vector<Watch> m_watches;
};

/// Inputs of the node are the traced tangents in order, outputs the gradients of the primals. The
/// saved values are let go as the schedule uses them up, unless the graph is to be retained: a
/// retained graph can be run again. The gradients cannot be differentiated once more; trying to is
/// an error that says so.
class CompiledBackward final : public ::torch::autograd::Node {
 public:
  explicit CompiledBackward(std::shared_ptr<BackwardHalf> half) : m_half(std::move(half)) {}

  /// To be called once the forward has ended, before the node can run.
  void save(SavedValues saved) { m_saved = std::move(saved); }
  /// By input of the exported graph.
  void giveConstants(std::vector<at::Tensor> constants) { m_constants = std::move(constants); }

  std::string name() const override { return "CompiledBackward"; }
  void release_variables() override { m_saved.release(); }

 protected:
  ::torch::autograd::variable_list apply(::torch::autograd::variable_list&& gradients) override;

 private:
  std::vector<bool> reachedGradients(const ::torch::autograd::variable_list& gradients) const;
  std::vector<at::Tensor> inputs(const ::torch::autograd::variable_list& gradients) const;
  at::Tensor tangent(std::size_t index, const ::torch::autograd::variable_list& gradients) const;
  void refuseDoubleBackward(::torch::autograd::variable_list& outputs,
                            const std::vector<at::Tensor>& incoming) const;

  std::shared_ptr<BackwardHalf> m_half;
  SavedValues m_saved;
  std::vector<at::Tensor> m_constants;
};

}  // namespace core::run
