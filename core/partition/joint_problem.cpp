#include "core/partition/joint_problem.h"

#include <algorithm>
#include <array>

#include "core/ir/value_storage.h"

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;
using ir::NodeKind;
using ir::PartitionerTag;

bool contains(const std::string& name, std::string_view part) {
  return name.find(part) != std::string::npos;
}

InputRole roleOf(const Node& node) {
  if (node.kind != NodeKind::Placeholder) return InputRole::None;
  if (contains(node.name, "tangents")) return InputRole::Tangent;
  if (contains(node.name, "bwd_seed") || contains(node.name, "bwd_base_offset"))
    return InputRole::BackwardRng;
  if (contains(node.name, "fwd_seed") || contains(node.name, "fwd_base_offset"))
    return InputRole::ForwardRng;
  return InputRole::Primal;
}

bool isBackwardTag(PartitionerTag tag) {
  return tag == PartitionerTag::IsBackward || tag == PartitionerTag::MustBeInBackward;
}

/// A batch norm that reads running statistics without depending on them in training mode: they only
/// enter the next statistics, for which no second call is read.
struct BatchNorm {
  std::string_view packet;
  std::optional<std::size_t> training;  ///< position of the flag; empty: always training
};

constexpr std::size_t kRunningMean = 3, kRunningVar = 4;
constexpr std::array kBatchNorms{
    BatchNorm{"aten._native_batch_norm_legit_functional", 5},
    BatchNorm{"aten.native_batch_norm_backward", 7},
    BatchNorm{"aten.cudnn_batch_norm_backward", std::nullopt},
};

bool ignoresStatistics(const Node& reader) {
  for (const BatchNorm& norm : kBatchNorms) {
    if (ir::opPacket(reader.target) != norm.packet) continue;
    return !norm.training || (reader.args.size() > *norm.training &&
                              reader.args[*norm.training] == ir::Argument(true));
  }
  return false;
}

/// Whether what `reader` computes depends on `value`, one of its inputs.
bool dependsOn(const Node& reader, NodeId value) {
  if (!ignoresStatistics(reader)) return true;
  for (std::size_t i = 0; i < reader.args.size(); ++i) {
    const bool isStatistic = i == kRunningMean || i == kRunningVar;
    if (!isStatistic && reader.args[i] == ir::Argument(value)) return true;
  }
  return false;
}

/// Whether anything that the graph returns depends on a node's value, as far as `dependsOn` tells.
NodeSet valuesThatMatter(const JointProblem& problem) {
  NodeSet matters(problem.graph->size(), false);
  matters.back() = true;
  for (std::size_t i = matters.size() - 1; i-- > 0;) {
    const NodeId id = problem.graph->nodes()[i].id;
    for (NodeId user : problem.graph->users(id))
      matters[i] = matters[i] || (!problem.ops[user.index].writesArgument && matters[user.index] &&
                                  dependsOn(problem.node(user), id));
  }
  return matters;
}

void describeNode(JointProblem& problem, const Node& node) {
  const ir::OpFacts op = node.isCall() ? ir::opFacts(node.target) : ir::OpFacts();
  const PartitionerTag tag = node.meta.tag;
  problem.roles.push_back(roleOf(node));
  problem.ops.push_back(op);
  problem.random.push_back(op.seeded && ir::drawsRandomNumbers(node));
  problem.bytes.push_back(node.bytes());
  problem.wishes.push_back({node.meta.recompute});
  problem.computed.push_back(node.isCall() || node.kind == NodeKind::Attribute);
  problem.concatenates.push_back(node.isCall() && ir::opPacket(node.target) == "aten.cat");
  problem.mustBeInForward.push_back(tag == PartitionerTag::MustBeInForward ||
                                    (op.writesArgument && !isBackwardTag(tag)));
  problem.mustBeInBackward.push_back(tag == PartitionerTag::MustBeInBackward ||
                                     (op.writesArgument && tag == PartitionerTag::IsBackward));
  problem.inputStart.push_back(static_cast<std::uint32_t>(problem.inputList.size()));
  ir::forEachInput(node, [&](NodeId id) { problem.inputList.push_back(id); });
}

/// Marks every value that lies in the storage of a graph input to which the forward writes.
void markOverwritten(JointProblem& problem) {
  NodeSet writtenStorage(problem.graph->size(), false);
  for (std::size_t i = 0; i < problem.ops.size(); ++i) {
    if (!problem.ops[i].writesArgument) continue;
    const Node& node = problem.graph->nodes()[i];
    if (isBackwardTag(node.meta.tag) || node.args.empty() || !node.args[0].isNode()) continue;
    const int storage = problem.storage[node.args[0].node().index];
    // A storage has the number of its first node.
    if (storage != ir::kNoStorage &&
        problem.graph->nodes()[static_cast<std::size_t>(storage)].kind == NodeKind::Placeholder)
      writtenStorage[static_cast<std::size_t>(storage)] = true;
  }
  if (std::find(writtenStorage.begin(), writtenStorage.end(), true) == writtenStorage.end()) return;
  const NodeSet matters = valuesThatMatter(problem);
  for (std::size_t i = 0; i < matters.size(); ++i) {
    const int storage = problem.storage[i];
    problem.overwritten[i] = matters[i] && storage != ir::kNoStorage &&
                             writtenStorage[static_cast<std::size_t>(storage)] &&
                             !problem.ops[i].writesArgument;
  }
}

}  // namespace

bool JointProblem::fusible(NodeId producer, NodeId user) const {
  // A concatenation can absorb what it joins; it is never absorbed itself.
  if (concatenates[user.index]) return true;
  return ops[producer.index].fusible() && ops[user.index].fusible();
}

std::vector<ir::Argument> JointProblem::forwardOutputs() const {
  const auto& outputs = graph->outputs();
  return std::vector<ir::Argument>(outputs.begin(), outputs.begin() + numForwardOutputs);
}

std::vector<ir::Argument> JointProblem::backwardOutputs() const {
  const auto& outputs = graph->outputs();
  return std::vector<ir::Argument>(outputs.begin() + numForwardOutputs, outputs.end());
}

JointProblem makeProblem(const ir::JointGraph& joint) {
  const ir::Graph& graph = *joint.graph;
  JointProblem problem;
  problem.graph = joint.graph;
  problem.numForwardOutputs = joint.signature.numForwardOutputs;
  problem.storage = ir::valueStorages(graph, joint.signature.primalStorage);
  problem.isStatic.assign(graph.size(), false);
  problem.overwritten.assign(graph.size(), false);
  problem.drawnInForward.assign(graph.size(), false);
  for (const Node& node : graph.nodes()) describeNode(problem, node);
  problem.inputStart.push_back(static_cast<std::uint32_t>(problem.inputList.size()));
  std::vector<NodeId> primals;
  for (NodeId id : graph.placeholders())
    if (problem.role(id) == InputRole::Primal) primals.push_back(id);
  for (int index : joint.metadata.staticInputIndices)
    if (index >= 0 && static_cast<std::size_t>(index) < primals.size())
      problem.isStatic[primals[static_cast<std::size_t>(index)].index] = true;
  markOverwritten(problem);
  return problem;
}

}  // namespace core::partition
