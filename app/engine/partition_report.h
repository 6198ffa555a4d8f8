#pragma once

// What `partition` says about one joint graph beside its partitions: why a value has its fate, all
// points that can be reached, and memory over program order.

#include "app/engine/engine_options.h"
#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/ir/joint_graph.h"
#include "core/partition/partition.h"

namespace engine {

/// Prints what the options ask for: --why for each value, --curve, --memory. `present` is the last
/// partition that was made.
core::Result<void> printReports(const core::ir::JointGraph& joint,
                                const core::partition::Partition& present,
                                const EngineOptions& options, const core::StageContext& context);

}  // namespace engine
