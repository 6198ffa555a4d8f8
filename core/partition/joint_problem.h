#pragma once

// A joint graph ready to be partitioned: the graph and, by NodeId, what the partitioners ask of its
// nodes again and again.

#include <cstdint>
#include <vector>

#include "core/base/result.h"
#include "core/ir/joint_graph.h"
#include "core/ir/op_table.h"
#include "core/partition/partition.h"

namespace core::partition {

/// A set of nodes of one graph, by NodeId.
using NodeSet = std::vector<bool>;

/// What a placeholder stands for, by its name as in PyTorch (aot-behaviour §3.1 of the design).
enum class InputRole { None, Primal, ForwardRng, BackwardRng, Tangent };

/// How a person or the model asked for a node to be treated.
struct Wish {
  ir::RecomputeTag tag = ir::RecomputeTag::None;
  bool pinnedSave = false;       ///< `--save`: it must be among the saved values
  bool pinnedRecompute = false;  ///< `--recompute`

  bool mustSave() const { return tag == ir::RecomputeTag::MustSave; }
  bool mustRecompute() const {
    return tag == ir::RecomputeTag::MustRecompute || tag == ir::RecomputeTag::PreferRecompute;
  }
};

struct JointProblem {
  ir::GraphPtr graph;
  int numForwardOutputs = 0;
  std::vector<int> storage;  ///< ir::valueStorages
  std::vector<InputRole> roles;
  NodeSet isStatic;  ///< parameters and buffers: they live anyway, so saving them is free
  std::vector<ir::OpFacts> ops;
  NodeSet random;          ///< calls that draw random numbers: never computed twice
  NodeSet overwritten;     ///< lie in an input that the forward writes to: lost for the backward
  NodeSet drawnInForward;  ///< random calls of the forward; set after classification
  std::vector<std::int64_t> bytes;
  std::vector<Wish> wishes;

  const ir::Node& node(ir::NodeId id) const { return graph->node(id); }
  InputRole role(ir::NodeId id) const { return roles[id.index]; }
  bool isForwardInput(ir::NodeId id) const {
    return role(id) == InputRole::Primal || role(id) == InputRole::ForwardRng;
  }
  /// Tag `must_be_in_backward`, or a mutable call of the backward.
  bool mustBeInBackward(const ir::Node& node) const;
  /// Tag `must_be_in_forward`, or a mutable call that has no backward tag.
  bool mustBeInForward(const ir::Node& node) const;
  /// May a kernel hold both `producer` and its user? By the partitioner's rough rule.
  bool fusible(ir::NodeId producer, ir::NodeId user) const;

  /// The joint outputs of one half, with their positions' None.
  std::vector<ir::Argument> forwardOutputs() const;
  std::vector<ir::Argument> backwardOutputs() const;
};

/// Looks everything up; wishes come from the nodes' own tags only.
JointProblem makeProblem(const ir::JointGraph& joint);

}  // namespace core::partition
