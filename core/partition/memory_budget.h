#pragma once

// Choosing what to save within an activation memory budget (aot-behaviour §3.6 of the design).

#include "core/base/stage_context.h"
#include "core/partition/min_cut_solver.h"

namespace core::partition {

/// The choice, and how it came about.
struct BudgetAnswer {
  std::vector<ir::NodeId> saved;  ///< tensors and symbolic scalars
  Bans bans;                      ///< of the last solve
  NodeSet released;               ///< allowed to be recomputed by the knapsack
  std::vector<Solve> solves;
  std::vector<Knapsack> knapsacks;
};

/// Saves what a minimum cut saves, then recomputes more until `options.budget` holds: a fraction of
/// the way from "inputs only" (0) to the plain minimum cut (1). With module budgets every module
/// has its own fraction, of what the plain cut saves in it; the rest of the model has
/// `options.budget`. Errors: PartitionInfeasible, Cancelled.
Result<BudgetAnswer> chooseSaved(const JointProblem& problem, const NodeClasses& classes,
                                 const PartitionOptions& options, const StageContext& context);

}  // namespace core::partition
