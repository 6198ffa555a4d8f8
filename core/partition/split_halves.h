#pragma once

// From a choice of saved values to the forward and the backward.

#include <vector>

#include "core/partition/extract_half.h"

namespace core::partition {

struct SplitPlan {
  HalfPlan forward;
  HalfPlan backward;
  std::vector<ir::NodeId> savedTensors;  ///< that the backward really reads
  std::vector<ir::NodeId> savedSyms;
};

/// Splits so that the forward returns `tensors` and `syms` and the backward takes them. Values that
/// the backward does not read are dropped; symbols that sizes need are added (aot-behaviour §3.1).
/// Error PartitionInfeasible: a half cannot be computed from what it gets.
Result<SplitPlan> splitHalves(const JointProblem& problem, std::vector<ir::NodeId> tensors,
                              std::vector<ir::NodeId> syms);

}  // namespace core::partition
