#pragma once

// The facts of a finished split: what is saved and how large it is, what is recomputed, what may be
// donated.

#include "core/partition/split_halves.h"

namespace core::partition {

/// Fills the partition's graphs (in the plans' order), saved values, byte sums, recomputed calls
/// and donated indices.
void describePartition(const JointProblem& problem, const SplitPlan& plan, Partition& partition);

}  // namespace core::partition
