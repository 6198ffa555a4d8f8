#include "core/partition/explain_values.h"

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;

constexpr std::size_t kMaxNamed = 3;

class Explainer {
 public:
  explicit Explainer(const Explained& explained)
      : m_problem(explained.problem),
        m_answer(explained.answer),
        m_inForward(planNodes(explained.problem, explained.plan.forward)),
        m_inBackward(planNodes(explained.problem, explained.plan.backward)),
        m_saved(explained.problem.graph->size(), false) {
    for (NodeId id : explained.plan.savedTensors) m_saved[id.index] = true;
    for (NodeId id : explained.plan.savedSyms) m_saved[id.index] = true;
  }

  ValueDecision explain(NodeId id) const {
    ValueDecision decision;
    decision.name = m_problem.node(id).name;
    decision.bytes = m_problem.bytes[id.index];
    if (m_saved[id.index])
      explainSaved(id, decision);
    else if (m_inForward[id.index] && m_inBackward[id.index])
      explainRecomputed(id, decision);
    else if (m_inBackward[id.index])
      explainBackwardOnly(decision);
    else
      explainForwardOnly(id, decision);
    return decision;
  }

 private:
  static void set(ValueDecision& decision, ValueFate fate, std::string_view rule,
                  std::string sentence) {
    decision.fate = fate;
    decision.rule = rule;
    decision.sentence = std::move(sentence);
  }

  void explainSaved(NodeId id, ValueDecision& decision) const {
    const auto saved = [&](std::string_view rule, std::string sentence) {
      set(decision, ValueFate::Saved, rule, std::move(sentence));
    };
    const Wish& wish = m_problem.wishes[id.index];
    if (wish.pinnedSave) return saved("pinned", "Saved because it is pinned.");
    if (m_problem.isStatic[id.index])
      return saved("parameter",
                   "A parameter or buffer stays in memory anyway, so saving it is free.");
    if (m_problem.isForwardInput(id))
      return saved("input", "An input of the graph: nothing can compute it again.");
    if (m_problem.node(id).sym()) return saved("size", "A size that the backward needs.");
    if (!m_answer)
      return saved("placement", "The default partitioner saves all that the backward reads.");
    const BanReason reason = banOf(id);
    if (reason != BanReason::None)
      return saved(banReasonName(reason),
                   "Saved because " + std::string(banReasonClause(reason)) + ".");
    saved("min-cut", "Saved because keeping it is cheaper than computing it again" +
                         list(m_problem.node(id)) + ".");
  }

  /// The ban on the node, or on the operator whose tuple it is a part of.
  BanReason banOf(NodeId id) const {
    const Node& node = m_problem.node(id);
    const BanReason own = m_answer->bans[id.index];
    if (own != BanReason::None || !node.isCallTo("getitem")) return own;
    return m_answer->bans[node.args[0].node().index];
  }

  void explainRecomputed(NodeId id, ValueDecision& decision) const {
    const Node& node = m_problem.node(id);
    const std::string from = list(node);
    const auto recomputed = [&](std::string_view rule, std::string sentence) {
      set(decision, ValueFate::Recomputed, rule, std::move(sentence));
    };
    if (m_problem.wishes[id.index].pinnedRecompute)
      return recomputed("pinned", "Recomputed in the backward because it is pinned.");
    if (m_problem.wishes[id.index].mustRecompute())
      return recomputed("recompute tag", "Recomputed because the model asks for it.");
    if (m_answer && m_answer->released[id.index])
      return recomputed("budget", "Recomputed" + from + " to keep the memory budget, although " +
                                      "it costs a new " + node.target + ".");
    if (m_problem.ops[id.index].view || m_problem.ops[id.index].sharesStorage)
      return recomputed("view", "A view: making it again" + from + " costs nothing.");
    if (!m_answer)
      return recomputed("placement",
                        "Recomputed" + from + ", because only recomputed values read it.");
    recomputed("min-cut", "Cheap to compute again" + from + ", so it is not saved.");
  }

  static void explainBackwardOnly(ValueDecision& decision) {
    set(decision, ValueFate::BackwardOnly, "unclaimed",
        "Only the backward needs it, so only the backward computes it.");
  }

  void explainForwardOnly(NodeId id, ValueDecision& decision) const {
    const Wish& wish = m_problem.wishes[id.index];
    if (wish.pinnedSave || wish.pinnedRecompute)
      return set(decision, ValueFate::ForwardOnly, "pin without effect",
                 "Pinned, but nothing in the backward reads it.");
    const bool isDead = !m_inForward[id.index];
    set(decision, ValueFate::ForwardOnly, isDead ? "unused" : "not needed",
        isDead ? "Nothing reads it." : "The backward does not need it.");
  }

  /// " from a, b and 2 more": what a call reads, without constants.
  std::string list(const Node& node) const {
    std::vector<NodeId> inputs;
    ir::forEachInput(node, [&](NodeId id) { inputs.push_back(id); });
    if (inputs.empty()) return {};
    std::string text = " from ";
    for (std::size_t i = 0; i < inputs.size() && i < kMaxNamed; ++i) {
      if (i > 0) text += ", ";
      text += m_problem.node(inputs[i]).name;
    }
    if (inputs.size() > kMaxNamed)
      text += " and " + std::to_string(inputs.size() - kMaxNamed) + " more";
    return text;
  }

  const JointProblem& m_problem;
  const BudgetAnswer* m_answer;
  NodeSet m_inForward, m_inBackward, m_saved;
};

}  // namespace

std::vector<ValueDecision> explainValues(const Explained& explained, const ir::Graph& joint,
                                         const std::vector<std::optional<NodeId>>& standIn) {
  const Explainer explainer(explained);
  std::vector<ValueDecision> decisions;
  for (const Node& node : joint.nodes()) {
    if (node.kind == ir::NodeKind::Output) continue;
    const auto& id = standIn[node.id.index];
    if (!id) {
      decisions.push_back(
          {node.name, ValueFate::ForwardOnly, "unused", "Nothing reads it.", node.bytes()});
      continue;
    }
    if (explained.classes.tangentClosure[id->index]) continue;
    ValueDecision decision = explainer.explain(*id);
    if (decision.name != node.name) {
      decision.rule = "merged";
      decision.sentence =
          "Equal to " + decision.name + ", which stands for it. " + decision.sentence;
      decision.name = node.name;
    }
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

}  // namespace core::partition
