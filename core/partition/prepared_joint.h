#pragma once

// A joint graph made ready once, to be planned many times, and the figures of a plan.

#include <memory>
#include <vector>

#include "core/partition/classify_nodes.h"
#include "core/partition/clean_graph.h"
#include "core/partition/split_halves.h"

namespace core::partition {

/// Not movable once made: solvers keep references into it.
struct PreparedJoint {
  CleanGraph clean;
  JointProblem problem;
  NodeClasses classes;
};

using PreparedJointPtr = std::unique_ptr<PreparedJoint>;

/// Classifies the nodes of `clean` and adds the wishes of the model and of `options`. Errors:
/// InvalidArgument (names), PartitionInfeasible (pins that cannot be had).
Result<PreparedJointPtr> prepare(const ir::JointGraph& original, CleanGraph clean,
                                 const PartitionOptions& options);

/// Splits by a min-cut's choice of values, and puts the calls into their final order.
Result<SplitPlan> planFor(const PreparedJoint& prepared, const std::vector<ir::NodeId>& saved);

/// What recomputing each node costs, by NodeId.
struct NodeCosts {
  std::vector<double> flops;
  std::vector<double> seconds;  ///< by the model's timeKind()
};

NodeCosts nodeCosts(const JointProblem& problem, const CostModel& model);

/// What one plan needs.
struct PlanFigures {
  int savedTensors = 0;
  int recomputedCalls = 0;
  std::int64_t savedBytes = 0;       ///< of all saved tensors, as PyTorch counts
  std::int64_t newStorageBytes = 0;  ///< of the saved storages that are no input's
  std::int64_t peakBytes = 0;        ///< simulated
  double recomputeFlops = 0;
  double recomputeSeconds = 0;

  bool operator==(const PlanFigures&) const = default;
};

PlanFigures figuresOf(const JointProblem& problem, const SplitPlan& plan, const NodeCosts& costs);

}  // namespace core::partition
