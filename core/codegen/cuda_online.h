#pragma once

// Softmax in one sweep less: the maximum of a row and the sum of its exponentials together.

#include <vector>

#include "core/schedule/loop_nest.h"

namespace core::codegen {

/// Finds every sum of exp(x - m) where m is the maximum of x over the same row, in F32, and makes x
/// its operand, so that it needs the maximum no longer. By op: whether it is such a sum now.
std::vector<bool> makeSumsOnline(schedule::LoopNest& nest);

}  // namespace core::codegen
