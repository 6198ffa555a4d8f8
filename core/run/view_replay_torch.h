#pragma once

// Outputs that are views of inputs or of other outputs, made again on the user's tensors.

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "core/ir/joint_graph.h"
#include "core/run/call_plan_torch.h"

namespace core::run {

/// The views that lead from an output's base to the output in the joint graph. Replayed on the real
/// base, autograd records the same view nodes as in eager.
class ViewReplay {
 public:
  /// Finds the views of output `output` (counted among the user's). `joint` must outlive the
  /// object.
  ViewReplay(const ir::JointGraph& joint, std::size_t output);

  /// The output as a view of `base`. Where the graph holds no such chain of views, `as_strided`
  /// gives the recorded geometry.
  at::Tensor replay(const at::Tensor& base) const;

 private:
  struct Step {
    CallPlan call;
    std::size_t result = 0;  ///< which of the call's tensors goes on
  };

  void findSteps(const ir::Graph& graph, ir::NodeId from, ir::NodeId base);
  at::Tensor replaySteps(const at::Tensor& base) const;

  const ir::OutputInfo& m_info;
  std::vector<Step> m_steps;
  bool m_hasChain = false;
};

/// The output is rebuilt from its base after the forward.
bool isRebuilt(const ir::OutputInfo& output);

}  // namespace core::run
