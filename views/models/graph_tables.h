#pragma once

// The table twin of the canvas: every node with what is known of it.

#include "views/models/record_index.h"
#include "views/models/table_model.h"

namespace views::models {

/// Every node of the joint graph: part, value, bytes, fate, module, source, kernel.
Table nodeTable(const RecordIndexPtr& index);

/// "saved", "recomputed", "forward only", "backward only".
QString fateText(core::partition::ValueFate fate);

}  // namespace views::models
