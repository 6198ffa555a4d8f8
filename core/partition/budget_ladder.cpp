#include "core/partition/budget_ladder.h"

#include <algorithm>
#include <unordered_set>

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;

BanOptions relaxedRules() {
  BanOptions options;
  options.ifUsedFarApart = false;
  options.ifLongFusibleChains = false;
  options.ifMaterializedBackward = false;
  return options;
}

BanOptions denyListRules() {
  BanOptions options = relaxedRules();
  options.ifNotInAllowlist = false;
  return options;
}

}  // namespace

const BanOptions kAllRules;
const BanOptions kRelaxedRules = relaxedRules();
const BanOptions kDenyListRules = denyListRules();

Result<CutAnswer> BudgetLadder::solve(const BanOptions& rules, const NodeSet& released) {
  const std::vector<const BanOptions*> options(m_problem.graph->size(), &rules);
  return m_solver.solve(m_solver.bansUnder(options, released));
}

Result<CutAnswer> BudgetLadder::solveReleased(const Bans& denyListBans, const NodeSet& released) {
  Bans bans = denyListBans;
  for (std::size_t i = 0; i < bans.size(); ++i)
    if (released[i] && !m_problem.ops[i].collective) bans[i] = BanReason::None;
  return m_solver.solve(std::move(bans));
}

std::vector<NodeId> BudgetLadder::candidatesOf(const Bans& bans) const {
  std::unordered_set<int> inputStorages;
  for (NodeId id : forwardInputs(m_problem)) inputStorages.insert(m_problem.storage[id.index]);
  std::vector<NodeId> candidates;
  for (const Node& node : m_problem.graph->nodes()) {
    const std::size_t i = node.id.index;
    const bool fixed = bans[i] == BanReason::None || bans[i] == BanReason::Input ||
                       bans[i] == BanReason::MustSave || bans[i] == BanReason::Random;
    const bool isCandidate = !fixed && m_classes.distance[i] < kNeverInBackward &&
                             !inputStorages.contains(m_problem.storage[i]);
    if (isCandidate) candidates.push_back(node.id);
  }
  std::stable_sort(candidates.begin(), candidates.end(), [&](NodeId a, NodeId b) {
    return m_problem.bytes[a.index] > m_problem.bytes[b.index];
  });
  return candidates;
}

Knapsack BudgetLadder::knapsackOf(const std::vector<NodeId>& candidates, double budget,
                                  double range, const CostModel& model) const {
  Knapsack knapsack;
  knapsack.budget = budget;
  for (NodeId id : candidates) {
    KnapsackItem item;
    item.name = m_problem.node(id).name;
    item.bytes = m_problem.bytes[id.index];
    item.memory = static_cast<double>(item.bytes) / 1e9 / range;
    item.runtime = recomputeCost(model, *m_problem.graph, m_problem.node(id));
    knapsack.items.push_back(std::move(item));
  }
  return knapsack;
}

bool BudgetLadder::inputsSuffice() const {
  for (const Node& node : m_problem.graph->nodes()) {
    const std::size_t i = node.id.index;
    const bool isInput = node.kind == ir::NodeKind::Placeholder;
    const bool drawn = m_problem.random[i] && m_classes.requiredForward[i];
    const Wish& wish = m_problem.wishes[i];
    if (drawn || (isInput && m_problem.overwritten[i]) || wish.pinnedSave || wish.mustSave())
      return false;
  }
  return true;
}

double BudgetLadder::gigabytes(const std::vector<NodeId>& values) const {
  std::int64_t bytes = 0;
  for (NodeId id : values) bytes += m_problem.bytes[id.index];
  return static_cast<double>(bytes) / 1e9;
}

}  // namespace core::partition
