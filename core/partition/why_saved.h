#pragma once

// "What if?": the price of giving one value another fate.

#include <string>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/partition/partition.h"

namespace core::partition {

/// The difference between a partition and the one with a value pinned to the opposite.
struct FlipCost {
  std::string name;
  ValueFate before = ValueFate::Saved;
  ValueFate after = ValueFate::Recomputed;
  std::int64_t savedBytes = 0;       ///< more (or, negative, fewer) bytes saved in all
  std::int64_t newStorageBytes = 0;  ///< the same of memory really added
  std::int64_t peakBytes = 0;        ///< more or fewer bytes at the simulated peak
  double flops = 0;                  ///< more or fewer recomputed operations
  std::string sentence;              ///< for a person
  Partition partition;               ///< the other partition
};

/// Partitions `joint` again with the options of `current` and the value pinned: a saved one to be
/// recomputed, any other one to be saved. An existing pin of the value is replaced. Errors:
/// InvalidArgument (no such value), PartitionInfeasible (it cannot be had, with the reason).
Result<FlipCost> costOfFlip(const ir::JointGraph& joint, const Partition& current,
                            const std::string& name, const StageContext& context);

}  // namespace core::partition
