#include "core/partition/order_calls.h"

#include <algorithm>

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;

/// Places calls of one plan, each after the ancestors it still needs.
class CallPlacer {
 public:
  CallPlacer(const JointProblem& problem, const HalfPlan& plan)
      : m_problem(problem), m_pending(problem.graph->size(), false) {
    for (NodeId id : plan.calls) m_pending[id.index] = true;
  }

  /// The node and its ancestors that are not placed yet, in joint order.
  void place(NodeId id) {
    std::vector<NodeId> needed;
    std::vector<NodeId> open{id};
    while (!open.empty()) {
      const NodeId node = open.back();
      open.pop_back();
      if (!m_pending[node.index]) continue;
      m_pending[node.index] = false;
      needed.push_back(node);
      for (NodeId input : m_problem.inputs(node)) open.push_back(input);
    }
    std::sort(needed.begin(), needed.end());
    m_order.insert(m_order.end(), needed.begin(), needed.end());
  }

  std::vector<NodeId> takeOrder() { return std::move(m_order); }

 private:
  const JointProblem& m_problem;
  NodeSet m_pending;
  std::vector<NodeId> m_order;
};

bool readsTangent(const JointProblem& problem, NodeId id) {
  const auto inputs = problem.inputs(id);
  return std::any_of(inputs.begin(), inputs.end(),
                     [&](NodeId input) { return problem.role(input) == InputRole::Tangent; });
}

bool returnsTangent(const JointProblem& problem, const HalfPlan& plan) {
  return std::any_of(plan.outputs.begin(), plan.outputs.end(), [&](const ir::Argument& output) {
    return output.isNode() && problem.role(output.node()) == InputRole::Tangent;
  });
}

}  // namespace

void orderLikeAutograd(const JointProblem& problem, HalfPlan& backward) {
  const auto first = std::find_if(backward.calls.begin(), backward.calls.end(),
                                  [&](NodeId id) { return readsTangent(problem, id); });
  if (first == backward.calls.end() && !returnsTangent(problem, backward)) return;
  CallPlacer placer(problem, backward);
  for (auto call = backward.calls.begin(); call != first; ++call)
    if (ir::opPacket(problem.node(*call).target) == "aten.copy_") placer.place(*call);
  for (auto call = first; call != backward.calls.end(); ++call) placer.place(*call);
  for (const ir::Argument& output : backward.outputs)
    if (output.isNode()) placer.place(output.node());
  backward.calls = placer.takeOrder();
}

void hoistGetitems(const JointProblem& problem, HalfPlan& half) {
  NodeSet isCall(problem.graph->size(), false);
  for (NodeId id : half.calls) isCall[id.index] = true;
  std::vector<std::vector<NodeId>> members(problem.graph->size());
  std::vector<NodeId> others;
  for (NodeId id : half.calls) {
    const Node& node = problem.node(id);
    const bool movable = node.isCallTo("getitem") && isCall[node.args[0].node().index];
    if (movable)
      members[node.args[0].node().index].push_back(id);
    else
      others.push_back(id);
  }
  half.calls.clear();
  for (NodeId id : others) {
    half.calls.push_back(id);
    half.calls.insert(half.calls.end(), members[id.index].begin(), members[id.index].end());
  }
}

}  // namespace core::partition
