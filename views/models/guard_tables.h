#pragma once

// What must hold of a call's inputs for a compiled entry to serve it.

#include "views/models/record_index.h"
#include "views/models/table_model.h"

namespace views::models {

/// The guards on the sizes of the joint graph: expression, reason, the line that needs it.
Table guardTable(const RecordIndexPtr& index);

}  // namespace views::models
