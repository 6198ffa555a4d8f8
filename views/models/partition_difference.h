#pragma once

// Two partitions of one joint graph, side by side: which values changed their fate, and what that
// means in bytes and time.

#include <QString>
#include <memory>
#include <string>
#include <vector>

#include "views/models/partition_study.h"
#include "views/models/table_model.h"

namespace views::models {

/// What a partition does with a value.
enum class Fate { Saved, Recomputed, Neither };

/// "saved", "recomputed", "–".
QString fateName(Fate fate);

struct MovedValue {
  std::string name;
  Fate before = Fate::Neither;
  Fate after = Fate::Neither;
  std::int64_t bytes = 0;
};

struct PartitionDifference {
  std::vector<MovedValue> moved;  ///< what `after` saves, then recomputes, then what it dropped
  PartitionPtr before;
  PartitionPtr after;
};

/// "roofline", "measured profile": where estimated seconds of a partition come from.
QString timeModelText(const core::partition::PartitionOptions& options);

/// Both must not be null.
PartitionDifference partitionDifference(const PartitionPtr& before, const PartitionPtr& after);

/// "◆ 61.4 MiB saved (−37.3 MiB) · ↻ 14 recomputed (+11) · …": one line of deltas.
QString differenceSentence(const core::partition::Partition& before,
                           const core::partition::Partition& after);

/// Each moved value: fate before and after, bytes, why it has its new fate.
Table movedTable(const std::shared_ptr<const PartitionDifference>& difference,
                 const QString& beforeTitle);

/// The figures of both partitions and their differences, a figure a row: estimates with the model
/// that they come from, and the peak three times, as saved bytes, simulated, and as `runs`
/// measured.
Table figuresTable(const PartitionPtr& before, const QString& beforeTitle,
                   const PartitionPtr& after, const std::vector<MeasuredRun>& runs = {});

}  // namespace views::models
