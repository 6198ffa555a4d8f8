#pragma once

// "What if?": the price of giving one value another fate.

#include <optional>
#include <string>
#include <vector>

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
  double seconds = 0;                ///< more or less recompute time, by the partition's model
  /// What it forces on others, by name in the order of the partitions.
  std::vector<std::string> savedToo;       ///< saved now, not before
  std::vector<std::string> noLongerSaved;  ///< without the value itself
  std::vector<std::string> recomputedToo;  ///< recomputed now, not before
  std::vector<std::string> noLongerRecomputed;
  std::string sentence;  ///< for a person
  Partition partition;   ///< the other partition
};

/// Partitions `joint` again with the options of `current` and the value pinned: a saved one to be
/// recomputed, any other one to be saved. An existing pin of the value is replaced. Errors:
/// InvalidArgument (no such value), PartitionInfeasible (it cannot be had, with the reason).
Result<FlipCost> costOfFlip(const ir::JointGraph& joint, const Partition& current,
                            const std::string& name, const StageContext& context);

/// Why a value has its fate, and what the other one would cost.
struct ValueAnswer {
  ValueDecision decision;
  /// Calls of the backward that read it; for a saved value these are the far ends of the edges that
  /// the cut crosses.
  std::vector<std::string> backwardReaders;
  std::optional<FlipCost> flip;
  std::string refusal;  ///< why it cannot be turned over; empty if `flip` is there
};

/// Error InvalidArgument: no such value, or one that depends on gradients.
Result<ValueAnswer> whyValue(const ir::JointGraph& joint, const Partition& current,
                             const std::string& name, const StageContext& context);

}  // namespace core::partition
