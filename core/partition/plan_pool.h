#pragma once

// Plans that a budget or a search comes up with, as figures, cheap enough to try hundreds.

#include <optional>
#include <set>

#include "core/base/stage_context.h"
#include "core/partition/budget_ladder.h"
#include "core/partition/prepared_joint.h"

namespace core::partition {

/// One way to partition.
struct CandidatePlan {
  std::optional<double> budget;  ///< the memory budget that leads to it, if one does
  std::vector<ir::NodeId> saved;
  Bans bans;         ///< that held in the cut
  NodeSet released;  ///< banned values that may be recomputed all the same
  MaxFlow::Capacity cutValue = 0;
  PlanFigures figures;
};

/// Makes and keeps plans of one prepared joint graph.
class PlanPool {
 public:
  PlanPool(const PreparedJoint& prepared, const PartitionOptions& options,
           const StageContext& context);

  /// Adds every plan that PyTorch's budget can reach, from 1 to 0: the steps S0, S1, S2 and each
  /// different answer of the knapsack, or `most` of them evenly spread if there are more.
  Result<void> addBudgetPlans(std::size_t most);
  /// Adds the cut under S2's bans without the released ones. One that leads to a set of saved
  /// values that is in the pool already is dropped.
  Result<void> addReleased(const NodeSet& released, std::optional<double> budget = {});

  const std::vector<CandidatePlan>& plans() const { return m_plans; }
  const NodeCosts& costs() const { return m_costs; }
  /// What S2 bans and could be released, largest first. After addBudgetPlans().
  const std::vector<ir::NodeId>& candidates() const { return m_candidates; }

 private:
  Result<void> add(CandidatePlan plan);
  Result<void> addAnswer(const CutAnswer& answer, NodeSet released, std::optional<double> budget);
  Result<void> addKnapsackPlans(double range, double below, std::size_t most);

  const PreparedJoint& m_prepared;
  const PartitionOptions& m_options;
  const StageContext& m_context;
  BudgetLadder m_ladder;
  NodeCosts m_costs;
  Bans m_denyListBans;
  std::vector<ir::NodeId> m_candidates;
  std::vector<CandidatePlan> m_plans;
  std::set<std::vector<ir::NodeId>> m_known;  ///< sets of saved values, as cut and as split
};

/// Indices of the plans that no other one beats in both `bytes` and seconds, fewest bytes first.
std::vector<std::size_t> paretoFront(const std::vector<PlanFigures>& figures,
                                     std::int64_t PlanFigures::*bytes);

}  // namespace core::partition
