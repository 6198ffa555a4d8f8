#pragma once

// The joint graph after clean-up, and what became of the nodes of the original.

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/ir/joint_graph.h"

namespace core::partition {

struct CleanGraph {
  ir::JointGraph joint;
  std::vector<std::optional<ir::NodeId>> standIn;  ///< by original id; empty: removed
};

/// The graph as it is, which is what the default partitioner takes.
CleanGraph asItIs(const ir::JointGraph& joint);

/// Dead calls removed and equal calls merged, as in front of the min-cut.
CleanGraph cleanUp(const ir::JointGraph& joint);

/// The node that a name of `original` stands for after clean-up. Errors: InvalidArgument (no such
/// name), PartitionInfeasible (removed, because nothing reads it).
Result<ir::NodeId> findPinned(const ir::Graph& original, const CleanGraph& clean,
                              const std::string& name);

}  // namespace core::partition
