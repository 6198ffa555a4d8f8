#include "core/partition/extract_half.h"

#include <algorithm>

#include "core/ir/graph_builder.h"

namespace core::partition {
namespace {

using ir::Argument;
using ir::Node;
using ir::NodeId;

/// Whether nobody may drop a call of this half that is not read. A random call belongs to one half:
/// that of its tag, or the forward if that needs it. A copy in the other half would only draw
/// numbers for nothing.
bool isRoot(const JointProblem& problem, Half half, std::uint32_t i) {
  const ir::OpFacts& op = problem.ops[i];
  if (op.writesArgument || op.assertion || op.collective) return true;
  if (!problem.random[i]) return false;
  const Node& node = problem.node({i});
  const bool ofBackward = node.meta.tag == ir::PartitionerTag::IsBackward ||
                          node.meta.tag == ir::PartitionerTag::MustBeInBackward;
  if (half == Half::Forward) return !ofBackward;
  return ofBackward && !problem.drawnInForward[i];
}

/// Nodes that can be computed from the inputs on this side; the inputs themselves are not in it.
NodeSet reachableCalls(const JointProblem& problem, Half half, const NodeSet& isInput) {
  NodeSet valid = isInput;
  NodeSet calls(problem.graph->size(), false);
  const NodeSet& ofOtherSide =
      half == Half::Forward ? problem.mustBeInBackward : problem.mustBeInForward;
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    if (isInput[i] || !problem.computed[i]) continue;
    bool ok = !ofOtherSide[i];
    for (NodeId id : problem.inputs({i})) ok = ok && valid[id.index];
    valid[i] = ok;
    calls[i] = ok;
  }
  return calls;
}

/// The result of a `copy_` that stays out of a half is read through its destination.
Argument reachableOutput(const JointProblem& problem, const Argument& output,
                         const NodeSet& isInput, const NodeSet& calls) {
  if (!output.isNode()) return output;
  const Node& node = problem.node(output.node());
  if (isInput[node.id.index] || calls[node.id.index]) return output;
  const bool isCopy =
      node.isCall() && ir::opPacket(node.target) == "aten.copy_" && !node.args.empty();
  return isCopy && problem.mustBeInBackward[node.id.index] ? node.args[0] : output;
}

Error outOfReach(const JointProblem& problem, Half half, NodeId id) {
  const std::string name = problem.node(id).name;
  const std::string side = half == Half::Forward ? "forward" : "backward";
  return Error{
      ErrorCode::PartitionInfeasible,
      "The " + side + " returns '" + name + "', which cannot be computed there from what it gets.",
      {},
      name};
}

}  // namespace

Result<HalfPlan> planHalf(const JointProblem& problem, Half half, std::vector<NodeId> inputs,
                          std::vector<Argument> outputs) {
  const std::size_t size = problem.graph->size();
  NodeSet isInput(size, false);
  for (NodeId id : inputs) isInput[id.index] = true;
  const NodeSet calls = reachableCalls(problem, half, isInput);

  NodeSet live(size, false);
  for (Argument& output : outputs) {
    output = reachableOutput(problem, output, isInput, calls);
    if (!output.isNode()) continue;
    const NodeId id = output.node();
    if (!isInput[id.index] && !calls[id.index]) return outOfReach(problem, half, id);
    live[id.index] = true;
  }
  HalfPlan plan;
  for (auto i = static_cast<std::uint32_t>(size); i-- > 0;) {
    if (!calls[i] || !(live[i] || isRoot(problem, half, i))) continue;
    live[i] = true;
    plan.calls.push_back({i});
    for (NodeId id : problem.inputs({i})) live[id.index] = true;
  }
  std::reverse(plan.calls.begin(), plan.calls.end());
  plan.inputs = std::move(inputs);
  plan.outputs = std::move(outputs);
  return plan;
}

NodeSet planNodes(const JointProblem& problem, const HalfPlan& plan) {
  NodeSet nodes(problem.graph->size(), false);
  for (NodeId id : plan.inputs) nodes[id.index] = true;
  for (NodeId id : plan.calls) nodes[id.index] = true;
  return nodes;
}

ir::GraphPtr buildHalf(const JointProblem& problem, const HalfPlan& plan,
                       std::vector<std::string> descriptors) {
  ir::GraphBuilder builder;
  builder.reserve(plan.inputs.size() + plan.calls.size() + 1);
  std::vector<NodeId> copies(problem.graph->size());
  const auto copyOf = [&](NodeId id) { return copies[id.index]; };
  for (NodeId id : plan.inputs) {
    const Node& node = problem.node(id);
    copies[id.index] = builder.addPlaceholder(node.name, node.value, node.meta);
  }
  for (NodeId id : plan.calls) copies[id.index] = builder.addCopy(problem.node(id), copyOf);
  std::vector<Argument> outputs;
  outputs.reserve(plan.outputs.size());
  for (const Argument& output : plan.outputs) outputs.push_back(ir::mapNodes(output, copyOf));
  builder.setOutputs(std::move(outputs), std::move(descriptors), problem.graph->outputNode().meta);
  return std::move(builder).freeze();
}

}  // namespace core::partition
