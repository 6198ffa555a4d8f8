#pragma once

// From a graph to what runs: kernels, extern calls and copies over planned buffers.

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/schedule/fuse.h"
#include "core/schedule/plan_memory.h"
#include "core/schedule/schedule.h"

namespace core::schedule {

/// Lowers every operator that has a loop form, fuses neighbours into kernels, orders the steps and
/// plans memory. Operators without a loop form become extern steps, with the reason. Errors:
/// UnsupportedOp for a node that neither a kernel nor LibTorch can compute; Cancelled.
Result<Schedule> makeSchedule(ir::GraphPtr graph, const StageContext& context,
                              const FusionOptions& options = {},
                              MemoryPolicy memory = MemoryPolicy::LargeOnDemand);

/// Every operator as an extern call, in graph order; nothing is fused or planned. `reason` is what
/// each step records.
Schedule makeExternSchedule(ir::GraphPtr graph,
                            const std::string& reason = "kernels are switched off");

}  // namespace core::schedule
