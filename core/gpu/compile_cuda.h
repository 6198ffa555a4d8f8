#pragma once

// CUDA C++ text to machine code. Needs NVRTC, but no GPU.

#include <string>

#include "core/base/result.h"
#include "core/gpu/nvrtc_api.h"

namespace core::gpu {

/// Machine code of one program, and what the compiler said.
struct Cubin {
  std::string bytes;
  std::string log;
};

/// Compiles `source` for compute capability `capability` (90 for 9.0). The text is compiled alone:
/// no header of this machine is in reach. Errors: KernelCompileFailed, the log in `details`.
Result<Cubin> compileCuda(const NvrtcApi& nvrtc, const std::string& source, int capability);

/// What decides the machine code beside the source: the compiler's version and its options.
std::string compilerFingerprint(const NvrtcApi& nvrtc, int capability);

}  // namespace core::gpu
