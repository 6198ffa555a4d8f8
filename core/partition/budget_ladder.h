#pragma once

// The steps that a memory budget goes down, each allowing more recomputation (aot-behaviour §3.6 of
// the design).

#include "core/partition/min_cut_solver.h"

namespace core::partition {

extern const BanOptions kAllRules;       ///< S0: every ban rule
extern const BanOptions kRelaxedRules;   ///< S1: without distance, long chains, values in memory
extern const BanOptions kDenyListRules;  ///< S2: only random, compute-intensive, and reductions

class BudgetLadder {
 public:
  BudgetLadder(const JointProblem& problem, const NodeClasses& classes)
      : m_problem(problem), m_classes(classes), m_solver(problem, classes) {}

  /// The cut under one set of rules for all nodes; `released` may be recomputed all the same.
  Result<CutAnswer> solve(const BanOptions& rules, const NodeSet& released);
  /// S2 with more values released, given S2's bans.
  Result<CutAnswer> solveReleased(const Bans& denyListBans, const NodeSet& released);
  /// No value released.
  NodeSet none() const { return NodeSet(m_problem.graph->size(), false); }

  /// Banned values that could be recomputed all the same, largest first.
  std::vector<ir::NodeId> candidatesOf(const Bans& bans) const;
  /// The candidates as items of a knapsack; memory is in shares of `range` GB.
  Knapsack knapsackOf(const std::vector<ir::NodeId>& candidates, double budget, double range,
                      const CostModel& model) const;
  /// Whether the backward can be computed from the inputs alone without drawing numbers twice and
  /// without reading what the forward overwrote.
  bool inputsSuffice() const;
  /// Bytes of the values, in GB, as PyTorch adds them up.
  double gigabytes(const std::vector<ir::NodeId>& values) const;

  MinCutSolver& solver() { return m_solver; }

 private:
  const JointProblem& m_problem;
  const NodeClasses& m_classes;
  MinCutSolver m_solver;
};

}  // namespace core::partition
