#pragma once

// A generated kernel: its source before, its entry point after building.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace core::codegen {

enum class KernelLanguage { Cpp, Cuda };

/// C++ text of one kernel. The entry point is
///   extern "C" void <name>(void* const* buffers, std::int64_t begin, std::int64_t end);
/// It computes the work units [begin, end) of [0, units); units are independent, so ranges may run
/// on several threads. `buffers` has one pointer per LoopNest buffer, to the first byte of the
/// storage that its accesses are relative to, and one more: an std::int32_t* status. A kernel that
/// `checksIndices` sets *status to 1 where a gather or scatter index is out of range (it then reads
/// element 0 instead, and never touches memory outside the buffer) and leaves it alone otherwise:
/// the caller clears it before and looks after. The pointer may be null for other kernels.
struct KernelSource {
  std::string name;
  KernelLanguage language = KernelLanguage::Cpp;
  std::string source;
  std::string loopText;            ///< the loop IR it was written from
  std::int64_t units = 1;          ///< independent units of work
  std::int64_t grain = 1;          ///< units below which splitting over threads does not pay
  bool checksIndices = false;      ///< may report an index out of range through the status pointer
  std::vector<std::string> notes;  ///< decisions: vector width, passes, streaming stores
};

using KernelFunction = void (*)(void* const* buffers, std::int64_t begin, std::int64_t end);

/// A kernel that can be called. `owner` keeps its code mapped.
struct BuiltKernel {
  std::string name;
  KernelFunction function = nullptr;
  std::int64_t units = 1;
  std::int64_t grain = 1;
  bool checksIndices = false;  ///< see KernelSource
  bool fromCache = false;
  double seconds = 0;  ///< spent compiling; 0 from a cache
  std::string log;     ///< compiler remarks and warnings
  std::shared_ptr<const void> owner;
};

}  // namespace core::codegen
