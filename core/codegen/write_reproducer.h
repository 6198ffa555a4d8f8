#pragma once

// A generated kernel as a program of its own, to hand to someone who has neither the model nor this
// program.

#include "core/base/result.h"
#include "core/codegen/kernel.h"
#include "core/schedule/loop_nest.h"

namespace core::codegen {

/// One C++20 source with `kernel` (of `nest`), buffers and a main(); g++ and clang++ build it with
/// nothing but the standard library. Its program runs the kernel on one thread, prints a line for
/// each buffer and the time of a call:
///
///   program [INPUTS [OUTPUTS]]
///
/// INPUTS holds the bytes of all buffers, one after another in the nest's order; without it they
/// are made up, the same on every machine. OUTPUTS gets the bytes of all buffers after one call.
/// Errors: UnsupportedOp for a CUDA kernel.
Result<std::string> writeReproducer(const KernelSource& kernel, const schedule::LoopNest& nest);

}  // namespace core::codegen
