#pragma once

// Calls a generated kernel on LibTorch's threads.

#include "core/codegen/kernel.h"

namespace core::run {

/// Computes all work units of `kernel`; ranges of at least its grain run in parallel.
void runKernel(const codegen::BuiltKernel& kernel, void* const* buffers);

}  // namespace core::run
