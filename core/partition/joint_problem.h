#pragma once

// A joint graph ready to be partitioned: the graph and, by NodeId, what the partitioners ask of its
// nodes again and again.

#include <cstdint>
#include <span>
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

/// What is asked of every node in every pass lies in flat arrays beside the graph: a node and its
/// arguments are spread over the heap, which costs more than the work on a large graph.
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
  std::vector<std::uint32_t> inputStart;  ///< where the inputs of a node begin in `inputList`
  std::vector<ir::NodeId> inputList;
  NodeSet computed;          ///< calls and attributes
  NodeSet concatenates;      ///< calls to `aten.cat`
  NodeSet mustBeInForward;   ///< tagged so, or a mutable call that has no backward tag
  NodeSet mustBeInBackward;  ///< tagged so, or a mutable call of the backward

  /// The inputs of a node, each as often as it is written.
  std::span<const ir::NodeId> inputs(ir::NodeId id) const {
    const ir::NodeId* begin = inputList.data();
    return {begin + inputStart[id.index], begin + inputStart[id.index + 1]};
  }
  const ir::Node& node(ir::NodeId id) const { return graph->node(id); }
  InputRole role(ir::NodeId id) const { return roles[id.index]; }
  bool isForwardInput(ir::NodeId id) const {
    return role(id) == InputRole::Primal || role(id) == InputRole::ForwardRng;
  }
  /// May a kernel hold both `producer` and its user? By the partitioner's rough rule.
  bool fusible(ir::NodeId producer, ir::NodeId user) const;

  /// The joint outputs of one half, with their positions' None.
  std::vector<ir::Argument> forwardOutputs() const;
  std::vector<ir::Argument> backwardOutputs() const;
};

/// Looks everything up; wishes come from the nodes' own tags only.
JointProblem makeProblem(const ir::JointGraph& joint);

}  // namespace core::partition
