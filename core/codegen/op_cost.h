#pragma once

// What an op costs, in units of a float addition: for choosing lanes, for keep-or-recompute, and
// for the grain of parallel work.

#include "core/schedule/loop_nest.h"

namespace core::codegen {

int opCost(const schedule::LoopOp& op);

/// Cost of touching memory for 16 elements whose neighbours are `stride` apart.
double accessCost(std::int64_t stride, bool isGather);

}  // namespace core::codegen
