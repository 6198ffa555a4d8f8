#pragma once

// The node classes of the min-cut partitioner (aot-behaviour §3.3 of the design).

#include <vector>

#include "core/base/result.h"
#include "core/partition/joint_problem.h"

namespace core::partition {

/// Distance of a value that only the forward's outputs need.
inline constexpr int kNeverInBackward = 1000000000;

struct NodeClasses {
  NodeSet tangentClosure;         ///< tangents and everything computed from them
  NodeSet requiredForward;        ///< needed for the forward's outputs, with all forward inputs
  NodeSet requiredBackward;       ///< the tangent closure and every value that the backward returns
  std::vector<int> forwardOrder;  ///< running number of required forward nodes, else -1
  std::vector<int> distance;      ///< edges to the nearest node outside the required forward

  /// Random calls that only the backward needs, and all that is computed from them. They stay
  /// there: half a tuple saved and half of it drawn again would not fit together.
  NodeSet backwardDraws;

  bool anyRequiredBackward = false;
  /// Computable in the forward, but only the backward needs it.
  bool unclaimed(ir::NodeId id) const {
    return !requiredForward[id.index] && !requiredBackward[id.index];
  }
};

/// Error PartitionInfeasible: a forward output depends on a tangent.
Result<NodeClasses> classifyNodes(const JointProblem& problem);

/// Forward inputs (primals and random state) in order.
std::vector<ir::NodeId> forwardInputs(const JointProblem& problem);

}  // namespace core::partition
