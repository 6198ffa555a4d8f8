#pragma once

// Device memory and timers for programs that test kernels on a GPU, by the driver's own interface.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/loop_nests.h"

namespace tests {

/// Buffers on the device, copied there when made.
class GpuBuffers {
 public:
  explicit GpuBuffers(const std::vector<Bytes>& contents);
  /// Uninitialised buffers of these sizes in bytes.
  explicit GpuBuffers(const std::vector<std::size_t>& sizes);
  ~GpuBuffers();
  GpuBuffers(const GpuBuffers&) = delete;
  GpuBuffers& operator=(const GpuBuffers&) = delete;

  void* const* pointers() const { return m_pointers.data(); }
  void* pointer(std::size_t index) const { return m_pointers[index]; }
  /// Fills buffer `index` with `bytes`, repeated.
  void fill(std::size_t index, const Bytes& bytes);
  /// Waits for the device, then copies buffer `index` back.
  void read(std::size_t index, Bytes& bytes) const;

 private:
  void allocate(std::size_t bytes);

  std::vector<void*> m_pointers;
  std::vector<std::size_t> m_sizes;
};

/// Milliseconds of `run`, which launches on the default stream: the median of `samples`, each after
/// `flush`.
double gpuMilliseconds(const std::function<void()>& run, const std::function<void()>& flush,
                       int samples);

/// Waits for the device; the driver's error code, 0 if all went well.
int waitForGpu();

}  // namespace tests
