#pragma once

// The interface of libaot_cpu_jit, the module that holds clang and LLVM. The engine opens it with
// dlopen at the first CPU compile.

#include <chrono>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/codegen/kernel.h"
#include "core/jit/assembly.h"

namespace core::jit {

struct BuildOptions {
  /// Folder of the on-disk cache of object files; empty: none.
  std::string cacheFolder;
  /// For one kernel; what takes longer fails.
  std::chrono::duration<double> kernelLimit = std::chrono::seconds(30);
};

class CpuCompiler {
 public:
  virtual ~CpuCompiler() = default;

  virtual std::string compilerVersion() const = 0;  ///< "clang 14.0.6"
  virtual std::string targetCpu() const = 0;        ///< CPU name and vector width
  /// Compiles every source, in order. Kernels of equal text are compiled once. The first failure
  /// ends with KernelCompileFailed, the compiler's log in `details`.
  virtual Result<std::vector<codegen::BuiltKernel>> build(
      const std::vector<codegen::KernelSource>& sources, const BuildOptions& options,
      const StageContext& context) = 0;
  /// The machine code of a kernel, which is taken from the cache or compiled. Errors as build()'s.
  virtual Result<Assembly> disassemble(const codegen::KernelSource& source,
                                       const BuildOptions& options) = 0;
};

/// The module's one exported symbol, `aotCpuCompiler`.
using CpuCompilerEntry = CpuCompiler* (*)();

/// Opens libaot_cpu_jit beside the running program, once. Errors: CompilerMissing.
Result<CpuCompiler*> openCpuCompiler();

}  // namespace core::jit
