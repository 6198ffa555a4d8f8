#pragma once

// Counts the bytes that LibTorch allocates on this thread.

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <atomic>
#include <memory>

namespace core::run {

/// While it lives, allocations and frees of CPU tensors are counted from 0.
class MemoryMeter {
 public:
  MemoryMeter();

  std::int64_t currentBytes() const { return m_reporter->current; }
  std::int64_t peakBytes() const { return m_reporter->peak; }

 private:
  struct Reporter final : c10::MemoryReportingInfoBase {
    void reportMemoryUsage(void* address, std::int64_t bytes, std::size_t totalAllocated,
                           std::size_t totalReserved, c10::Device device) override;
    bool memoryProfilingEnabled() const override { return true; }

    std::atomic<std::int64_t> current = 0;
    std::atomic<std::int64_t> peak = 0;
  };

  std::shared_ptr<Reporter> m_reporter;
  c10::DebugInfoGuard m_guard;
};

}  // namespace core::run
