#include "core/partition/plan_pool.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/partition/knapsack.h"

namespace core::partition {

using ir::NodeId;

namespace {

constexpr double kGrid = 1e-4;  ///< the knapsack's step; budgets in between change nothing

/// The smallest budget on the grid above a share; the ratio tests ask for less than the budget.
double firstAbove(double share) {
  return (std::floor(share / kGrid) + 1) * kGrid;
}

}  // namespace

PlanPool::PlanPool(const PreparedJoint& prepared, const PartitionOptions& options,
                   const StageContext& context)
    : m_prepared(prepared),
      m_options(options),
      m_context(context),
      m_ladder(prepared.problem, prepared.classes),
      m_costs(nodeCosts(prepared.problem, options.cost)) {}

Result<void> PlanPool::add(CandidatePlan plan) {
  if (!m_known.insert(plan.saved).second) return {};
  CORE_TRY_VOID(m_context.checkCancelled("Partition"));
  CORE_TRY(const SplitPlan split, planFor(m_prepared, plan.saved));
  const bool dropped = split.savedTensors != plan.saved;
  if (dropped && !m_known.insert(split.savedTensors).second) return {};
  plan.figures = figuresOf(m_prepared.problem, split, m_costs);
  m_plans.push_back(std::move(plan));
  return {};
}

Result<void> PlanPool::addAnswer(const CutAnswer& answer, NodeSet released,
                                 std::optional<double> budget) {
  return add({budget, answer.saved, answer.bans, std::move(released), answer.cutValue, {}});
}

Result<void> PlanPool::addReleased(const NodeSet& released, std::optional<double> budget) {
  CORE_TRY(const CutAnswer answer, m_ladder.solveReleased(m_denyListBans, released));
  return addAnswer(answer, released, budget);
}

Result<void> PlanPool::addBudgetPlans(std::size_t most) {
  const NodeSet none = m_ladder.none();
  CORE_TRY(const CutAnswer plain, m_ladder.solve(kAllRules, none));
  CORE_TRY_VOID(addAnswer(plain, none, 1.0));
  CORE_TRY(const CutAnswer relaxed, m_ladder.solve(kRelaxedRules, none));
  CORE_TRY(const CutAnswer denyList, m_ladder.solve(kDenyListRules, none));
  m_denyListBans = denyList.bans;
  m_candidates = m_ladder.candidatesOf(denyList.bans);
  const std::vector<NodeId> inputs = forwardInputs(m_prepared.problem);
  const double minimum = m_ladder.gigabytes(inputs);
  const double range = m_ladder.gigabytes(plain.saved) - minimum;
  if (range <= 0) return {};
  const auto ratio = [&](const CutAnswer& answer) {
    return (m_ladder.gigabytes(answer.saved) - minimum) / range;
  };
  double below = 1;
  for (const CutAnswer* answer : {&relaxed, &denyList}) {
    const double budget = std::max(firstAbove(ratio(*answer)), kGrid);
    if (budget >= below) continue;
    CORE_TRY_VOID(addAnswer(*answer, none, budget));
    below = budget;
  }
  CORE_TRY_VOID(addKnapsackPlans(range, below, most));
  if (m_ladder.inputsSuffice()) return add({0.0, inputs, m_denyListBans, none, 0, {}});
  return {};
}

/// Only capacities whose answer differs from that of the next one count.
Result<void> PlanPool::addKnapsackPlans(double range, double below, std::size_t most) {
  if (m_candidates.empty()) return {};
  const Knapsack knapsack = m_ladder.knapsackOf(m_candidates, below - kGrid, range, m_options.cost);
  const KnapsackTable table(knapsack.items, std::max(knapsack.budget, 0.0));
  std::vector<std::size_t> capacities;
  const std::vector<std::uint64_t> keys = table.selectionKeys();
  for (std::size_t c = keys.size(); c-- > 0;)
    if (c == 0 || keys[c] != keys[c - 1]) capacities.push_back(c);
  const std::size_t stride = std::max<std::size_t>((capacities.size() + most - 1) / most, 1);
  for (std::size_t k = 0; k < capacities.size(); k += stride) {
    const std::size_t capacity = capacities[k];
    const std::vector<bool> saved = table.select(capacity);
    NodeSet released = m_ladder.none();
    for (std::size_t i = 0; i < saved.size(); ++i)
      if (!saved[i]) released[m_candidates[i].index] = true;
    CORE_TRY_VOID(addReleased(released, static_cast<double>(capacity) * kGrid));
  }
  return {};
}

std::vector<std::size_t> paretoFront(const std::vector<PlanFigures>& figures,
                                     std::int64_t PlanFigures::*bytes) {
  std::vector<std::size_t> order(figures.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (figures[a].*bytes != figures[b].*bytes) return figures[a].*bytes < figures[b].*bytes;
    return figures[a].recomputeSeconds < figures[b].recomputeSeconds;
  });
  std::vector<std::size_t> front;
  for (std::size_t i : order)
    if (front.empty() || figures[i].recomputeSeconds < figures[front.back()].recomputeSeconds)
      front.push_back(i);
  return front;
}

}  // namespace core::partition
