#pragma once

// Half precision inside of a kernel.

#include "core/schedule/loop_nest.h"

namespace core::schedule {

/// Drops the roundings to half precision of values that `nest` goes on computing with: they stay
/// F32 and are rounded where they are stored. A value that decides (is compared, made an integer,
/// tested for infinity) is still rounded for that, so that kernels that load it and kernels that
/// compute it again decide alike.
void keepSinglePrecision(LoopNest& nest);

}  // namespace core::schedule
