#pragma once

// The operators that can be traced, as a table.

#include <memory>
#include <vector>

#include "core/pipeline/operator_table.h"
#include "views/models/table_model.h"

namespace views::models {

using OperatorRows = std::vector<core::pipeline::OperatorRow>;
using OperatorRowsPtr = std::shared_ptr<const OperatorRows>;

/// One row for each operator: what a trace does with it, who knows its shapes, whether it is
/// decomposed, what a kernel makes of it, and why it is refused. Null: no rows.
Table operatorTable(const OperatorRowsPtr& rows);

}  // namespace views::models
