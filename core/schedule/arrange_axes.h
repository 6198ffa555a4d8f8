#pragma once

#include "core/schedule/loop_nest.h"

namespace core::schedule {

/// Orders the axes of each level by the strides of the largest access, outermost the largest, and
/// merges neighbours that every access walks as one. Positions that an Index op names stay apart.
void arrangeAxes(LoopNest& nest);

}  // namespace core::schedule
