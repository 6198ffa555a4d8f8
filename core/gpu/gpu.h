#pragma once

// NVIDIA GPUs without LibTorch and without a CUDA toolkit: what they are, how kernels for them are
// built, and how they are launched. The driver and NVRTC are opened at run time.

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/codegen/kernel.h"

namespace core::gpu {

/// What a device is. Sizes in bytes.
struct DeviceFacts {
  int ordinal = 0;
  std::string name;              ///< "NVIDIA H200"
  int capability = 0;            ///< compute capability times ten: 90 for 9.0
  int multiprocessors = 0;       ///< streaming multiprocessors
  std::int64_t memory = 0;       ///< in all
  std::int64_t l2 = 0;           ///< level-2 cache
  std::int64_t blockShared = 0;  ///< shared memory that one block may ask for
  int driverVersion = 0;         ///< CUDA version that the driver supports: 13000 for 13.0
};

/// The devices that the driver shows, by ordinal. Errors: DeviceUnavailable, naming what is
/// missing, where there is no driver or no device.
Result<std::vector<DeviceFacts>> listDevices();

struct OpenOptions {
  int device = 0;
  /// Where NVRTC may lie, before the system's own places: LibTorch's library folder, and
  /// nvidia/cu13/lib and nvidia/cuda_nvrtc/lib beside it.
  std::vector<std::string> folders;
};

struct BuildOptions {
  /// Folder of the on-disk cache of machine code; empty: none.
  std::string cacheFolder;
};

/// An opened device. Functions may be called from any thread.
class Gpu {
 public:
  virtual ~Gpu() = default;

  virtual const DeviceFacts& facts() const = 0;
  virtual std::string compilerVersion() const = 0;  ///< "NVRTC 13.0"
  /// Compiles and loads every source (language Cuda), in order. Kernels of equal text are compiled
  /// once. Errors: KernelCompileFailed, the compiler's log in `details`; Cancelled;
  /// DeviceUnavailable and OutOfMemory from loading.
  virtual Result<std::vector<codegen::BuiltKernel>> build(
      const std::vector<codegen::KernelSource>& sources, const BuildOptions& options,
      const StageContext& context) = 0;
  /// Starts the kernel's launches on `stream` (a CUstream or cudaStream_t; null: the default one)
  /// and returns at once. `pointers` and `workspace` are as KernelSource says. The calls are legal
  /// while the stream is captured into a CUDA graph. Errors: DeviceUnavailable, also for a failure
  /// of earlier work on the device.
  virtual Result<void> launch(const codegen::BuiltKernel& kernel, void* const* pointers,
                              void* workspace, void* stream) const = 0;
};

/// Opens the driver, the device's primary context (the one that LibTorch uses) and NVRTC. Errors:
/// DeviceUnavailable, naming what is missing and how to get it.
Result<std::shared_ptr<Gpu>> openGpu(const OpenOptions& options);

}  // namespace core::gpu
