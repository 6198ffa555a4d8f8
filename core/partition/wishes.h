#pragma once

// What a person pinned and what correctness forces, as wishes of nodes.

#include <functional>
#include <string>

#include "core/partition/classify_nodes.h"

namespace core::partition {

/// Finds the node that a name of the original joint graph stands for after merging. Errors:
/// InvalidArgument (no such name), PartitionInfeasible (removed, because nothing reads it).
using FindNode = std::function<Result<ir::NodeId>(const std::string& name)>;

/// Adds the forced saves of aot-behaviour §3.1 (collectives; inputs that both halves write to),
/// withdraws tags that ask to recompute random calls, and adds the pins of `options`. Errors:
/// InvalidArgument (no such node, no such module), PartitionInfeasible (a pin contradicts another
/// one or cannot be had).
Result<void> addWishes(JointProblem& problem, const NodeClasses& classes,
                       const PartitionOptions& options, const FindNode& find);

}  // namespace core::partition
