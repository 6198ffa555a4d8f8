#pragma once

// The variance of a row or column in the sweep that finds its mean.

#include "core/schedule/loop_nest.h"

namespace core::codegen {

/// `nest` with every sum of (x - mean x)² over values x of half precision, read from memory, made
/// from sums that do not need the mean. The result differs by rounding in single precision.
schedule::LoopNest withVariancesInOneSweep(const schedule::LoopNest& nest);

}  // namespace core::codegen
