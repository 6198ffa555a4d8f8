#include "core/partition/ban_rules.h"

// Local rules look at one node: what its operator is, whether its value is in memory anyway. Two
// global rules look along the forward: a value whose fusible users lie far apart would be computed
// in two places, so the later users are banned; and in a chain of more than 100 fusible nodes one
// is banned now and then, or a whole network would be recomputed for one value. Both walk the
// forward with a heap over its order. Cost: the rules are linear but for "used far apart", which
// looks at most at the span of a value's users.

#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <set>

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;

constexpr int kLongChain = 100;
constexpr std::int64_t kReductionFactor = 4;

struct ReasonWords {
  std::string_view name;
  std::string_view clause;
};

// In the order of the enum.
constexpr std::array kWords{
    ReasonWords{"none", "it may be recomputed"},
    ReasonWords{"input", "it is an input of the graph, which nothing can compute"},
    ReasonWords{"must-save tag", "the model asks for it to be saved"},
    ReasonWords{"random", "it draws random numbers, and a second draw would give others"},
    ReasonWords{"not recomputable", "its operator is not among the cheap ones"},
    ReasonWords{"compute-intensive", "it is a matrix product, convolution or attention"},
    ReasonWords{"materialized in backward", "the backward needs it in memory anyway"},
    ReasonWords{"reduction", "it is much smaller than what it is computed from"},
    ReasonWords{"used far apart", "its value would be needed in two distant places"},
    ReasonWords{"long fusible chain", "it interrupts a long chain of fusible operators"},
};

bool isView(const JointProblem& problem, NodeId id) {
  return problem.ops[id.index].view;
}

bool isMaterializedInBackward(const JointProblem& problem, const NodeClasses& classes, NodeId id) {
  if (isView(problem, id)) return false;
  std::vector<NodeId> pending{id};
  while (!pending.empty()) {
    const NodeId current = pending.back();
    pending.pop_back();
    for (NodeId user : problem.graph->users(current)) {
      if (!classes.requiredForward[user.index] && !problem.fusible(current, user)) return true;
      if (isView(problem, user)) pending.push_back(user);
    }
  }
  return false;
}

/// One run of the rules.
class BanFinder {
 public:
  BanFinder(const JointProblem& problem, const NodeClasses& classes, const BanFacts& facts,
            const std::vector<const BanOptions*>& options, const NodeSet& mayRecompute)
      : m_problem(problem),
        m_classes(classes),
        m_facts(facts),
        m_options(options),
        m_mayRecompute(mayRecompute),
        m_bans(problem.graph->size(), BanReason::None) {
    for (const Node& node : problem.graph->nodes())
      if (classes.requiredForward[node.id.index]) m_forwardNodes.push_back(node.id);
  }

  Bans find() {
    for (const Node& node : m_problem.graph->nodes()) {
      if (m_classes.tangentClosure[node.id.index]) continue;
      if (m_problem.isForwardInput(node.id)) ban(node.id, BanReason::Input);
      if (m_classes.requiredForward[node.id.index]) ban(node.id, localReason(node));
    }
    for (NodeId id : m_forwardNodes)
      if (options(id).ifUsedFarApart) banFarUsers(id);
    NodeSet visited(m_problem.graph->size(), false);
    for (NodeId id : m_forwardNodes)
      if (options(id).ifLongFusibleChains) banInLongChain(id, visited);
    return std::move(m_bans);
  }

 private:
  const BanOptions& options(NodeId id) const { return *m_options[id.index]; }
  int order(NodeId id) const { return m_classes.forwardOrder[id.index]; }

  void ban(NodeId id, BanReason reason) {
    if (reason == BanReason::None || m_bans[id.index] != BanReason::None) return;
    const ir::SymMeta* sym = m_problem.node(id).sym();
    const bool exempt = m_mayRecompute[id.index] && !m_problem.ops[id.index].collective;
    if (isView(m_problem, id) || exempt || m_problem.wishes[id.index].mustRecompute() ||
        (sym && sym->isFloat))
      return;
    m_bans[id.index] = reason;
  }

  /// The first rule that speaks against recomputing the node, looking at it alone.
  BanReason localReason(const Node& node) const {
    const std::size_t i = node.id.index;
    const ir::OpFacts& op = m_problem.ops[i];
    if (!node.isCall() || node.target == "getitem") return BanReason::None;
    if (m_problem.wishes[i].mustSave()) return BanReason::MustSave;
    const std::string_view packet = ir::opPacket(node.target);
    if (packet == "aten.lift_fresh" || packet == "aten.lift_fresh_copy") return BanReason::None;
    if (m_problem.random[i]) return BanReason::Random;
    const BanOptions& rules = options(node.id);
    if (rules.ifNotInAllowlist && !op.recomputable)
      return op.computeIntensive ? BanReason::ComputeIntensive : BanReason::NotRecomputable;
    if (!rules.ifNotInAllowlist && op.random) return BanReason::Random;
    if (!rules.ifNotInAllowlist && op.computeIntensive) return BanReason::ComputeIntensive;
    if (rules.ifMaterializedBackward && m_facts.materialized[i])
      return BanReason::MaterializedInBackward;
    if (rules.ifReduction && m_problem.bytes[i] * kReductionFactor < m_facts.inputBytes[i])
      return BanReason::Reduction;
    return BanReason::None;
  }

  void banFarUsers(NodeId id) {
    std::vector<NodeId> users;
    for (NodeId user : m_problem.graph->users(id))
      if (m_classes.requiredForward[user.index]) users.push_back(user);
    if (users.empty()) return;
    const int firstFar = firstUnfusible(users);
    for (NodeId user : users)
      if (order(user) > firstFar && m_problem.fusible(id, user)) ban(user, BanReason::UsedFarApart);
  }

  /// The order of the first node, up to the last of `users`, that cannot be fused into one kernel
  /// with what leads to it from the users; the last user's order if there is none.
  int firstUnfusible(const std::vector<NodeId>& users) const {
    int last = 0;
    for (NodeId user : users) last = std::max(last, order(user));
    std::set<std::pair<int, bool>> heap;  // smallest order first, unfusible before fusible
    for (NodeId user : users) heap.emplace(order(user), true);
    while (!heap.empty()) {
      const auto [position, fusible] = *heap.begin();
      heap.erase(heap.begin());
      if (!fusible) return position;
      const NodeId node = m_forwardNodes[static_cast<std::size_t>(position)];
      for (NodeId user : m_problem.graph->users(node))
        if (m_classes.requiredForward[user.index] && order(user) <= last)
          heap.emplace(order(user), m_problem.fusible(node, user));
    }
    return last;
  }

  void banInLongChain(NodeId start, NodeSet& visited) {
    std::priority_queue<int, std::vector<int>, std::greater<>> heap;
    heap.push(order(start));
    while (!heap.empty()) {
      const int position = heap.top();
      heap.pop();
      const NodeId node = m_forwardNodes[static_cast<std::size_t>(position)];
      if (visited[node.index]) continue;
      visited[node.index] = true;
      if (position > order(start) + kLongChain && heap.empty()) {
        ban(node, BanReason::LongFusibleChain);
        return;
      }
      for (NodeId user : m_problem.graph->users(node)) {
        const bool follows = m_classes.requiredForward[user.index] &&
                             m_problem.fusible(node, user) && m_bans[user.index] == BanReason::None;
        if (follows) heap.push(order(user));
      }
    }
  }

  const JointProblem& m_problem;
  const NodeClasses& m_classes;
  const BanFacts& m_facts;
  const std::vector<const BanOptions*>& m_options;
  const NodeSet& m_mayRecompute;
  std::vector<NodeId> m_forwardNodes;  ///< by forward order
  Bans m_bans;
};

}  // namespace

std::string_view banReasonName(BanReason reason) {
  return kWords[static_cast<std::size_t>(reason)].name;
}

std::string_view banReasonClause(BanReason reason) {
  return kWords[static_cast<std::size_t>(reason)].clause;
}

BanFacts makeBanFacts(const JointProblem& problem, const NodeClasses& classes) {
  BanFacts facts;
  facts.materialized.assign(problem.graph->size(), false);
  facts.inputBytes.assign(problem.graph->size(), 0);
  for (const Node& node : problem.graph->nodes()) {
    if (!classes.requiredForward[node.id.index]) continue;
    facts.materialized[node.id.index] = isMaterializedInBackward(problem, classes, node.id);
    for (const ir::Argument& argument : node.args)
      if (argument.isNode())
        facts.inputBytes[node.id.index] += problem.bytes[argument.node().index];
  }
  return facts;
}

Bans findBans(const JointProblem& problem, const NodeClasses& classes, const BanFacts& facts,
              const std::vector<const BanOptions*>& options, const NodeSet& mayRecompute) {
  return BanFinder(problem, classes, facts, options, mayRecompute).find();
}

}  // namespace core::partition
