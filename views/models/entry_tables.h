#pragma once

// The compiled entries of a model: which serves what, and what each demands.

#include <memory>

#include "core/run/entry_record.h"
#include "views/models/table_model.h"

namespace views::models {

using EntriesPtr = std::shared_ptr<const core::run::EntriesRecord>;

/// One row per entry, by number: whether it served the last call, sizes, hits, why it was made, why
/// it did not serve last, when its backward was built. Empty for null.
Table entryTable(const EntriesPtr& entries);

/// The guards of one entry: expression, reason. Empty if there is no such entry.
Table entryGuardTable(const EntriesPtr& entries, int entry);

/// "5 calls · 2 compiles · 3 served by an entry that was there · 1 miss"; empty for null.
QString countersSentence(const EntriesPtr& entries);

}  // namespace views::models
