#pragma once

// The loops that several nodes can share.

#include <string>
#include <variant>
#include <vector>

#include "core/schedule/lowered_graph.h"

namespace core::schedule {

/// The common axes of a set of nodes.
struct FusionDomain {
  AxisSpace space;
  std::vector<ir::NodeId> members;  ///< in graph order
  std::vector<LoopIndex> out;       ///< by member: the index of its result
  std::vector<LoopIndex> in;        ///< by member: of a reduction's argument
  std::vector<bool> isAccumulated;  ///< by member: a reduction over outer axes (Accumulate)
  std::vector<int> outer;           ///< axes
  std::vector<int> inner;           ///< axes that the reductions run over; empty without any
};

/// Why nodes do not share a kernel.
struct FusionFailure {
  std::string rule;
  std::string sentence;
};

/// Whether the value of `member` must be in memory if `members` (in graph order) are one kernel.
bool isStored(const LoweredGraph& lowered, const std::vector<ir::NodeId>& members,
              ir::NodeId member);

/// Finds the axes on which all of `members` (kernel nodes in graph order) can be computed together,
/// each value once where it is stored or reduced. With `accumulates`, sums over columns may be
/// taken while the kernel walks rows.
std::variant<FusionDomain, FusionFailure> findDomain(const LoweredGraph& lowered,
                                                     const std::vector<ir::NodeId>& members,
                                                     bool accumulates);

}  // namespace core::schedule
