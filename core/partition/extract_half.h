#pragma once

// Cutting one half out of the joint graph: which nodes it has, in which order, and the graph.

#include <vector>

#include "core/base/result.h"
#include "core/partition/joint_problem.h"

namespace core::partition {

enum class Half { Forward, Backward };

/// A half as a list of nodes of the joint graph.
struct HalfPlan {
  std::vector<ir::NodeId> inputs;  ///< become placeholders, whatever they were
  std::vector<ir::NodeId> calls;   ///< calls and attributes, in execution order
  std::vector<ir::Argument> outputs;
};

/// The nodes needed to compute `outputs` from `inputs` on one side, in joint order. A node that
/// must be on the other side, or that needs one, is out of reach; so are other placeholders. What
/// nobody needs is left out, unless it has side effects that belong to this side. Error
/// PartitionInfeasible, with the node: an output is out of reach.
Result<HalfPlan> planHalf(const JointProblem& problem, Half half, std::vector<ir::NodeId> inputs,
                          std::vector<ir::Argument> outputs);

/// Membership of a plan's inputs and calls.
NodeSet planNodes(const JointProblem& problem, const HalfPlan& plan);

/// The plan as a graph. `descriptors` is empty or has one text per output.
ir::GraphPtr buildHalf(const JointProblem& problem, const HalfPlan& plan,
                       std::vector<std::string> descriptors);

}  // namespace core::partition
