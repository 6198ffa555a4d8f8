#include "core/partition/classify_nodes.h"

#include <algorithm>

#include "core/partition/extract_half.h"

namespace core::partition {
namespace {

using ir::NodeId;

NodeSet tangentClosure(const JointProblem& problem) {
  NodeSet closure(problem.graph->size(), false);
  for (std::uint32_t i = 0; i < closure.size(); ++i) {
    bool inside = problem.roles[i] == InputRole::Tangent || problem.mustBeInBackward[i];
    for (NodeId id : problem.inputs({i})) inside = inside || closure[id.index];
    closure[i] = inside;
  }
  return closure;
}

std::vector<int> distances(const ir::Graph& graph, const NodeSet& requiredForward) {
  std::vector<int> distance(graph.size(), kNeverInBackward);
  for (std::uint32_t i = static_cast<std::uint32_t>(graph.size()) - 1; i-- > 0;) {
    if (!requiredForward[i]) {
      distance[i] = 0;
      continue;
    }
    for (NodeId user : graph.users({i}))
      distance[i] = std::min(distance[i], distance[user.index] + 1);
  }
  return distance;
}

NodeSet backwardDraws(const JointProblem& problem, const NodeSet& requiredForward) {
  NodeSet draws(problem.graph->size(), false);
  for (std::uint32_t i = 0; i < draws.size(); ++i) {
    bool inside = problem.random[i] && !requiredForward[i];
    for (NodeId id : problem.inputs({i})) inside = inside || draws[id.index];
    draws[i] = inside;
  }
  return draws;
}

}  // namespace

std::vector<NodeId> forwardInputs(const JointProblem& problem) {
  std::vector<NodeId> inputs;
  for (NodeId id : problem.graph->placeholders())
    if (problem.isForwardInput(id)) inputs.push_back(id);
  return inputs;
}

Result<NodeClasses> classifyNodes(const JointProblem& problem) {
  const ir::Graph& graph = *problem.graph;
  NodeClasses classes;
  classes.tangentClosure = tangentClosure(problem);
  classes.requiredBackward = classes.tangentClosure;
  for (const ir::Argument& output : problem.backwardOutputs())
    if (output.isNode()) classes.requiredBackward[output.node().index] = true;
  // The output node itself is in the closure whenever any gradient is; it does not count.
  for (std::size_t i = 0; i + 1 < graph.size(); ++i)
    classes.anyRequiredBackward = classes.anyRequiredBackward || classes.requiredBackward[i];

  CORE_TRY(const HalfPlan forward,
           planHalf(problem, Half::Forward, forwardInputs(problem), problem.forwardOutputs()));
  classes.requiredForward = planNodes(problem, forward);
  classes.forwardOrder.assign(graph.size(), -1);
  int order = 0;
  for (std::size_t i = 0; i < graph.size(); ++i)
    if (classes.requiredForward[i]) classes.forwardOrder[i] = order++;
  classes.distance = distances(graph, classes.requiredForward);
  classes.backwardDraws = backwardDraws(problem, classes.requiredForward);
  return classes;
}

}  // namespace core::partition
