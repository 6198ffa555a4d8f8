#pragma once

// What the compiled step redoes on the user's tensors after the pure graph ran.

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <vector>

#include "core/ir/joint_graph.h"
#include "core/run/view_replay_torch.h"

namespace core::run {

class StepEpilogue {
 public:
  /// `joint` must outlive the object.
  explicit StepEpilogue(const ir::JointGraph& joint);

  /// Writes the mutated primals and returns the user outputs, with views of inputs and of other
  /// outputs made again. `values` are the forward graph's outputs: mutated inputs, user outputs,
  /// intermediate bases.
  std::vector<at::Tensor> run(const std::vector<at::Tensor>& primals,
                              const std::vector<at::Tensor>& values) const;

 private:
  /// Gives an output that eager returns twice the object of its first place, if that is made.
  void shareObjects(std::vector<at::Tensor>& outputs) const;
  void separateObjects(std::vector<at::Tensor>& outputs) const;
  at::Tensor plainOutput(std::size_t output, const std::vector<at::Tensor>& primals,
                         const std::vector<at::Tensor>& values) const;
  at::Tensor baseOf(const ir::OutputInfo& info, const std::vector<at::Tensor>& primals,
                    const std::vector<at::Tensor>& values,
                    const std::vector<at::Tensor>& outputs) const;

  const ir::ViewAndMutationMeta& m_metadata;
  std::map<std::size_t, ViewReplay> m_views;           ///< by output
  std::map<std::size_t, std::size_t> m_sameAsEarlier;  ///< outputs that are one object, by output
};

}  // namespace core::run
