#pragma once

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/partition/partition.h"

namespace core::partition {

/// Splits a joint graph into a forward and a backward as PyTorch 2.11's partitioners do
/// (aot-behaviour §3 of the design), except that no random call is ever computed twice, and that an
/// input which the forward overwrites is not saved where another value would do. An inference graph
/// becomes a forward with an empty backward. Errors: InvalidArgument (budget, names),
/// PartitionInfeasible (pins, tags), Cancelled.
Result<Partition> partition(const ir::JointGraph& joint, const PartitionOptions& options,
                            const StageContext& context);

}  // namespace core::partition
