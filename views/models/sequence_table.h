#pragma once

// The trace as autograd counts it: which backward calls belong to which forward call.

#include "views/models/record_index.h"
#include "views/models/table_model.h"

namespace views::models {

/// The rows of core::ir::sequenceTable(), a call of each side a row: the forward calls of a number
/// beside its backward calls; the shorter side is empty in the last rows. A row stands for its
/// forward node, and for its backward node beside that.
Table sequenceTable(const RecordIndexPtr& index);

}  // namespace views::models
