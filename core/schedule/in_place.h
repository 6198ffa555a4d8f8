#pragma once

// Kernels that write over an input that dies with them.

#include "core/schedule/schedule.h"

namespace core::schedule {

/// Lets each pointwise kernel write its outputs in place of arena inputs that are last read there,
/// where every element is read exactly where it is written. Fills Buffer::inPlaceOf and lists such
/// a buffer once, as Write, in the kernel. Needs lifetimes.
void writeInPlace(Schedule& schedule);

}  // namespace core::schedule
