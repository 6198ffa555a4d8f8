#pragma once

// Kernels that walk the rows of a slot and add their columns up (LoopOpKind::Accumulate).

#include <vector>

#include "tests/support/kernel_set.h"

namespace tests {

/// The gradients of a normalization without mean: of its input, and of its weight in `slots` parts.
/// `h` and `g` have `dtype`.
core::schedule::LoopNest normBackward(std::int64_t slots, std::int64_t rows, std::int64_t columns,
                                      core::ir::DType dtype);

/// The gradients of LayerNorm followed by GELU: of the input, and of weight and bias in parts.
core::schedule::LoopNest normGeluBackward(std::int64_t slots, std::int64_t rows,
                                          std::int64_t columns);

/// Short, long and odd rows; with and without reductions along them.
const std::vector<KernelCase>& walkCases();

}  // namespace tests
