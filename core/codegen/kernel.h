#pragma once

// A generated kernel: its source before, its entry point after building.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace core::gpu {
class LoadedKernel;
}

namespace core::codegen {

enum class KernelLanguage { Cpp, Cuda };

/// One launch of a Cuda kernel. The entry point's parameters are pointers, `arguments` in order.
struct KernelLaunch {
  /// In `arguments`: the workspace, in place of a position in `buffers`.
  static constexpr int kWorkspace = -1;

  std::string entry;
  std::array<std::uint32_t, 3> grid{1, 1, 1};
  std::array<std::uint32_t, 3> block{1, 1, 1};
  std::uint32_t sharedBytes = 0;  ///< dynamic shared memory
  std::vector<int> arguments;  ///< positions in `buffers` (the last is the status), or kWorkspace
};

/// The text of one kernel. In Cpp the entry point is
///   extern "C" void <name>(void* const* buffers, std::int64_t begin, std::int64_t end);
/// It computes the work units [begin, end) of [0, units); units are independent, so ranges may run
/// on several threads. `buffers` has one pointer per LoopNest buffer, to the first byte of the
/// storage that its accesses are relative to, and one more: an std::int32_t* status. A kernel that
/// `checksIndices` sets *status to 1 where a gather or scatter index is out of range (it then reads
/// element 0 instead, and never touches memory outside the buffer) and leaves it alone otherwise:
/// the caller clears it before and looks after. The pointer may be null for other kernels.
///
/// In Cuda a kernel is `launches`, made in order on one stream; none for an empty domain. `buffers`
/// are device pointers to the same places (the status too). Vectors want them aligned to
/// kCudaAlignment; `narrow` is the same kernel without vectors, for buffers that are not (an input
/// that begins within its storage). `workspaceBytes` of device memory, which need not be
/// cleared, carry results from launch to launch; workspaces of different kernels may be one.
struct KernelSource {
  std::string name;
  KernelLanguage language = KernelLanguage::Cpp;
  std::string source;
  std::string loopText;            ///< the loop IR it was written from
  std::int64_t units = 1;          ///< independent units of work
  std::int64_t grain = 1;          ///< units below which splitting over threads does not pay
  bool checksIndices = false;      ///< may report an index out of range through the status pointer
  std::vector<std::string> notes;  ///< decisions: vector width, passes, streaming stores
  std::vector<KernelLaunch> launches;          ///< Cuda only
  std::int64_t workspaceBytes = 0;             ///< Cuda only; enough for `narrow` too
  std::shared_ptr<const KernelSource> narrow;  ///< Cuda only; null where there are no vectors
};

/// Bytes to which the workspace, and for vectors the buffers, of a Cuda kernel are aligned.
inline constexpr std::int64_t kCudaAlignment = 16;

using KernelFunction = void (*)(void* const* buffers, std::int64_t begin, std::int64_t end);

/// A kernel that can be called. `owner` keeps its code mapped.
struct BuiltKernel {
  std::string name;
  KernelFunction function = nullptr;  ///< null for Cuda
  std::int64_t units = 1;
  std::int64_t grain = 1;
  bool checksIndices = false;  ///< see KernelSource
  bool fromCache = false;
  double seconds = 0;  ///< spent compiling; 0 from a cache
  std::string log;     ///< compiler remarks and warnings
  std::shared_ptr<const void> owner;
  std::shared_ptr<const gpu::LoadedKernel> gpu;  ///< Cuda only: what gpu::Gpu::launch() runs
  std::int64_t workspaceBytes = 0;               ///< see KernelSource
};

}  // namespace core::codegen
