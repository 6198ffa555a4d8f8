#pragma once

// Loop IR to CUDA C++: one LoopNest becomes one header-free source with its launches.

#include "core/base/result.h"
#include "core/codegen/cuda_target.h"
#include "core/codegen/kernel.h"
#include "core/schedule/loop_nest.h"

namespace core::codegen {

/// Writes `nest` for `target`. The text has no name of a tensor in it, so equal nests give equal
/// text but for the entries' names. Errors: UnsupportedOp for a dtype that the generator has no
/// register type for (complex, 8-bit floats) and for a function that has no form for its dtype.
Result<KernelSource> writeCudaKernel(const schedule::LoopNest& nest, const CudaTarget& target = {});

}  // namespace core::codegen
