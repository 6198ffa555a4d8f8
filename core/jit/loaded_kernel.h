#pragma once

// An object file, linked into this process.

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/codegen/kernel.h"

namespace core::jit {

/// The entry point of linked code, and what keeps that code mapped.
struct LoadedKernel {
  codegen::KernelFunction function = nullptr;
  std::shared_ptr<const void> owner;
};

/// Links `object` and finds `entry`. The only outside symbols a kernel may use are the C math
/// functions of double. Errors: KernelCompileFailed.
Result<LoadedKernel> loadKernel(const std::string& object, const std::string& entry);

}  // namespace core::jit
