#pragma once

// Which nodes become one kernel.

#include <string>
#include <vector>

#include "core/base/stage_context.h"
#include "core/schedule/fusion_domain.h"
#include "core/schedule/schedule.h"

namespace core::schedule {

/// A kernel to be: its members on their common domain.
struct FusedGroup {
  FusionDomain domain;
  std::vector<std::string> reasons;  ///< why these were fused, one sentence each
};

struct Fusion {
  std::vector<FusedGroup> groups;       ///< by their first member
  std::vector<FusionRefusal> refusals;  ///< one per read of one step's value by another step
};

struct FusionOptions {
  /// Names of nodes that are not to share a kernel with any other node.
  std::vector<std::string> apart;
  /// Whether values that stay inside a kernel are rounded to half precision after every operator,
  /// as eager PyTorch does; else they stay in single precision (see keep_single.h).
  bool roundsLikeEager = true;
  /// Whether kernels that walk rows may sum columns beside (LoopOpKind::Accumulate).
  bool accumulates = true;
};

/// Fuses the kernel nodes of `lowered`. Errors: Cancelled.
Result<Fusion> fuse(const LoweredGraph& lowered, const FusionOptions& options,
                    const StageContext& context);

}  // namespace core::schedule
