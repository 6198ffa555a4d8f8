#pragma once

// The facts of a finished split: what is saved and how large it is, what is recomputed, what may be
// donated.

#include "core/partition/split_halves.h"

namespace core::partition {

/// Fills saved values, byte sums, recomputed calls and donated indices.
void describePlan(const JointProblem& problem, const SplitPlan& plan, Partition& partition);

/// The same and the partition's graphs (in the plans' order).
void describePartition(const JointProblem& problem, const SplitPlan& plan, Partition& partition);

}  // namespace core::partition
