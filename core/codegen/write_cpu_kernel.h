#pragma once

// Loop IR to C++: one LoopNest becomes one header-free source file for the CPU compiler.

#include "core/base/result.h"
#include "core/codegen/kernel.h"
#include "core/schedule/loop_nest.h"

namespace core::codegen {

/// Writes `nest` as vector code. Equal nests give equal text but for the kernel's name and what
/// stands in comments, so that one compiled object serves all of them. Errors: UnsupportedOp for a
/// dtype that the generator has no register type for (complex, 8-bit floats).
Result<KernelSource> writeCpuKernel(const schedule::LoopNest& nest);

}  // namespace core::codegen
