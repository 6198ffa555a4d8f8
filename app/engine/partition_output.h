#pragma once

// What `trace` and `partition` have in common: the partitions that were asked for, and how they are
// shown to people.

#include <string>
#include <vector>

#include "app/engine/engine_options.h"
#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/ir/joint_graph.h"
#include "core/partition/partition.h"

namespace engine {

/// The default partition and a min-cut one for each budget; only the default one if the options
/// ask for that partitioner. Pins and module budgets go to the min-cut partitions.
core::Result<std::vector<core::partition::Partition>> allPartitions(
    const core::ir::JointGraph& joint, const EngineOptions& options,
    const core::StageContext& context);

/// A line per partition: saved tensors and bytes, recomputed nodes, time.
void printPartitions(const std::vector<core::partition::Partition>& partitions);

/// Pointers, as the capture writer takes them.
std::vector<const core::partition::Partition*> pointersTo(
    const std::vector<core::partition::Partition>& partitions);

}  // namespace engine
