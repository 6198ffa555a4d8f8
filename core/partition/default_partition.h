#pragma once

#include <vector>

#include "core/partition/joint_problem.h"

namespace core::partition {

/// What the default partitioner would save, before unread values are dropped.
struct DefaultChoice {
  std::vector<ir::NodeId> tensors;
  std::vector<ir::NodeId> syms;
};

/// Saves every value of the forward, by placement: all that stands in front of the last node tagged
/// `is_forward` (aot-behaviour §3.2 of the design). The split drops what the backward does not
/// read. Values with a wish to be recomputed are left out.
DefaultChoice chooseByPlacement(const JointProblem& problem);

/// Whether wishes to recompute can be honoured by placement: nothing but `copy_` into an input may
/// write.
bool isFunctional(const JointProblem& problem);

}  // namespace core::partition
