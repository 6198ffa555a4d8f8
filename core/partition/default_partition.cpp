#include "core/partition/default_partition.h"

#include <algorithm>

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;

/// The forward by placement: up to the last node tagged `is_forward` exactly, without tangents.
NodeSet placedInForward(const JointProblem& problem) {
  const auto& nodes = problem.graph->nodes();
  std::size_t end = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].meta.tag == ir::PartitionerTag::IsForward || problem.isForwardInput(nodes[i].id))
      end = i + 1;
  NodeSet placed(nodes.size(), false);
  for (std::size_t i = 0; i < end; ++i)
    placed[i] =
        problem.roles[i] != InputRole::Tangent && problem.roles[i] != InputRole::BackwardRng;
  return placed;
}

/// The getitems decide about a tuple.
bool isReadByGetitemsOnly(const JointProblem& problem, const Node& node) {
  const auto& users = problem.graph->users(node.id);
  return !users.empty() && std::all_of(users.begin(), users.end(), [&](NodeId user) {
    return problem.node(user).isCallTo("getitem");
  });
}

class PlacementChooser {
 public:
  explicit PlacementChooser(const JointProblem& problem)
      : m_problem(problem),
        m_placed(placedInForward(problem)),
        m_seen(problem.graph->size(), false) {}

  DefaultChoice choose() {
    for (const Node& node : m_problem.graph->nodes())
      if (m_placed[node.id.index] && node.kind != ir::NodeKind::Attribute) decide(node);
    return std::move(m_choice);
  }

 private:
  void decide(const Node& node) {
    const ir::OpFacts& op = m_problem.ops[node.id.index];
    const Wish& wish = m_problem.wishes[node.id.index];
    if (op.assertion) return;
    if (node.sym()) return save(node.id);
    if (isReadByGetitemsOnly(m_problem, node)) return;
    if (wish.mustSave() || wish.pinnedSave || op.writesArgument) return save(node.id);
    if (onlySizesAreRead(node)) {
      for (NodeId user : m_problem.graph->users(node.id))
        if (!m_placed[user.index]) save(user);
      return;
    }
    if (!wish.mustRecompute()) save(node.id);
  }

  /// Every user outside the forward is a symbolic scalar, also when there is none.
  bool onlySizesAreRead(const Node& node) const {
    const auto& users = m_problem.graph->users(node.id);
    return std::all_of(users.begin(), users.end(), [&](NodeId user) {
      return m_placed[user.index] || m_problem.node(user).sym();
    });
  }

  void save(NodeId id) {
    if (m_seen[id.index]) return;
    m_seen[id.index] = true;
    (m_problem.node(id).sym() ? m_choice.syms : m_choice.tensors).push_back(id);
  }

  const JointProblem& m_problem;
  NodeSet m_placed;
  NodeSet m_seen;
  DefaultChoice m_choice;
};

}  // namespace

DefaultChoice chooseByPlacement(const JointProblem& problem) {
  return PlacementChooser(problem).choose();
}

bool isFunctional(const JointProblem& problem) {
  for (const Node& node : problem.graph->nodes()) {
    if (!problem.ops[node.id.index].writesArgument) continue;
    const std::string_view packet = ir::opPacket(node.target);
    const bool isCopy = packet == "aten.copy_" || packet == "aten.set_";
    const bool intoInput = !node.args.empty() && node.args[0].isNode() &&
                           problem.node(node.args[0].node()).kind == ir::NodeKind::Placeholder;
    if (!isCopy || !intoInput) return false;
  }
  return true;
}

}  // namespace core::partition
