#pragma once

// Counts the bytes that LibTorch allocates for a step.

#include <c10/core/Allocator.h>
#include <c10/core/Device.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <atomic>
#include <memory>
#include <optional>

namespace core::run {

/// While it lives, allocations and frees are counted from 0: on the CPU those of this thread, on a
/// GPU all of its caching allocator, which counts them itself.
class MemoryMeter {
 public:
  explicit MemoryMeter(c10::Device device);

  std::int64_t currentBytes() const;
  std::int64_t peakBytes() const;

 private:
  struct Reporter final : c10::MemoryReportingInfoBase {
    void reportMemoryUsage(void* address, std::int64_t bytes, std::size_t totalAllocated,
                           std::size_t totalReserved, c10::Device device) override;
    bool memoryProfilingEnabled() const override { return true; }

    std::atomic<std::int64_t> current = 0;
    std::atomic<std::int64_t> peak = 0;
  };

  c10::Device m_device;
  std::int64_t m_before = 0;  ///< allocated on the GPU when the meter was made
  std::shared_ptr<Reporter> m_reporter;
  std::optional<c10::DebugInfoGuard> m_guard;
};

}  // namespace core::run
