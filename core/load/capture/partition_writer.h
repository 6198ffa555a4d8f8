#pragma once

// Partitions in the form of `variants`.

#include <string>
#include <utility>
#include <vector>

#include "core/base/json_writer.h"
#include "core/ir/joint_graph.h"
#include "core/partition/partition.h"

namespace core::load {

/// "default", "mincut_0.5" for a min-cut with that budget, "mincut_peak_4096" with a peak limit.
std::string variantName(const partition::PartitionOptions& options);

/// Writes the members `mincut` (merged nodes and all solves; only if there is a min-cut) and
/// `variants` into an open object.
void writePartitions(JsonWriter& json, const ir::JointGraph& joint,
                     const std::vector<const partition::Partition*>& partitions);

}  // namespace core::load
