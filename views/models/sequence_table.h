#pragma once

// The trace as autograd counts it: which backward calls belong to which forward call.

#include "views/models/record_index.h"
#include "views/models/table_model.h"

namespace views::models {

/// One block of rows for each sequence number of the joint graph, in order: the forward calls that
/// have it beside the backward calls that have it, each in graph order; the shorter side is empty
/// in the last rows. A row stands for its forward node, and for its backward node beside that.
Table sequenceTable(const RecordIndexPtr& index);

}  // namespace views::models
