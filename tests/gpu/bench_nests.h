#pragma once

// Memory-bound kernels in bf16 at the sizes that are measured on a GPU.

#include <vector>

#include "core/schedule/loop_nest.h"

namespace tests {

/// A copy, whose rate is the ceiling; a chain of a dozen operations; softmax; RMSNorm with a
/// residual and its backward; LayerNorm with GELU; sums over columns and over everything;
/// cross-entropy.
std::vector<core::schedule::LoopNest> benchNests();

}  // namespace tests
