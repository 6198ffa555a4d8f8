#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/pipeline/operator_table.h"

namespace core::pipeline {

/// Adds to each row what the decompositions and the scheduler know of the operator.
std::vector<OperatorRow> withKernelForms(std::vector<trace::OperatorCoverage> coverage);

/// One row for each operator of ATen, sorted by name. Opens the LibTorch module. Errors: Torch.
Result<std::vector<OperatorRow>> makeOperatorTable();

}  // namespace core::pipeline
