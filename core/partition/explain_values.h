#pragma once

// Why each value is saved, recomputed or left alone: the rule that decided, and a sentence.

#include "core/ir/origin_map.h"
#include "core/partition/memory_budget.h"
#include "core/partition/split_halves.h"

namespace core::partition {

/// What the explanation is drawn from.
struct Explained {
  const JointProblem& problem;
  const NodeClasses& classes;
  const SplitPlan& plan;
  const BudgetAnswer* answer = nullptr;  ///< null for the default partitioner
};

/// One decision per node of `joint` (the graph before clean-up) that does not need a gradient, in
/// order. `standIn[i]` is the node of the problem's graph that joint node i became, if any.
std::vector<ValueDecision> explainValues(const Explained& explained, const ir::Graph& joint,
                                         const std::vector<std::optional<ir::NodeId>>& standIn);

}  // namespace core::partition
