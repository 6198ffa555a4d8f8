#pragma once

// Tables of one partition: what is saved, what is recomputed, what is alive at a step, and the
// budgets of modules.

#include "views/models/partition_study.h"
#include "views/models/record_index.h"
#include "views/models/table_model.h"

namespace views::models {

/// The tensors handed from forward to backward: shape, dtype, bytes, kind, who makes it, who reads
/// it, for how long it is kept, pin, why.
Table savedTensorTable(const RecordIndexPtr& index);
/// Where its bytes are.
inline constexpr int kSavedBytesColumn = 2;

/// The values that the backward computes again: op, bytes not saved, pin, why.
Table recomputedTable(const RecordIndexPtr& index);

/// What is alive while a step runs, largest first; empty for a step that is none.
Table aliveTable(const TimelinePtr& timeline, int step);

/// The modules that have a budget of their own.
Table moduleBudgetTable(const core::partition::PartitionOptions& options);

/// "activation", "input", "static input".
QString savedKindText(const core::partition::SavedTensor& saved);
/// "saved", "recomputed", or "" for a value that is not pinned.
QString pinText(const core::partition::PartitionOptions& options, const std::string& name);

}  // namespace views::models
