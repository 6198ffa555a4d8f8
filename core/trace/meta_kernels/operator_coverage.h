#pragma once

// The table of operators, made by asking the dispatcher and our own tables.

#include <vector>

#include "core/trace/operator_coverage.h"

namespace core::trace {

/// One row for each ATen operator, sorted by name; forms that write into an `out` argument are left
/// out. Registers our kernels if that was not done.
std::vector<OperatorCoverage> operatorCoverage();

}  // namespace core::trace
