#pragma once

#include "core/partition/cost_model.h"

namespace core::partition {

/// Measures what one core of this machine does at best, in about 50 ms: multiply-adds of single
/// precision in registers, with the widest instructions that it has, and bytes read and written by
/// a copy that no cache holds. The overhead of a call keeps its initial value.
MachinePeaks measureMachinePeaks();

}  // namespace core::partition
