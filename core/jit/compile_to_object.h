#pragma once

// One source text to one object file, in memory: clang's front end, LLVM's O3 pipeline, code
// generation.

#include <chrono>
#include <string>

#include "core/base/result.h"
#include "core/jit/host_target.h"

namespace core::jit {

struct ObjectCode {
  std::string bytes;  ///< an ELF relocatable
  std::string log;    ///< warnings
};

/// Everything that decides what compileToObject() makes of a source: for cache keys.
std::string compilerFingerprint(const HostTarget& target);

/// Compiles header-free C++20. Errors: KernelCompileFailed, with the compiler's log, or because
/// optimising takes longer than `limit`; of code generation, which follows, there is no limit.
Result<ObjectCode> compileToObject(const std::string& source, const HostTarget& target,
                                   std::chrono::duration<double> limit);

}  // namespace core::jit
