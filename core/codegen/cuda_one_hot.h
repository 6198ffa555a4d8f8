#pragma once

// Sums over a row of which at most one element is not 0: the gradient of a loss of classes.

#include "core/schedule/loop_nest.h"

namespace core::codegen {

/// The nest with sums of where(position == p, v, 0), p and v the same for the whole row, taken
/// without a sweep: v where p lies in the row.
schedule::LoopNest withOneHotSums(const schedule::LoopNest& nest);

}  // namespace core::codegen
