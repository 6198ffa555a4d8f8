#pragma once

#include <vector>

#include "core/partition/ban_rules.h"

namespace core::partition {

/// Error PartitionInfeasible for a path of the flow network from the source to the sink that no cut
/// may cross (vertices 2i and 2i + 1 are the in and out of node i): names its nodes, and for each
/// the rules by which it can be neither saved nor recomputed.
Error noCut(const JointProblem& problem, const NodeClasses& classes, const Bans& bans,
            const std::vector<int>& path);

}  // namespace core::partition
