#include "core/run/memory_meter_torch.h"

namespace core::run {

MemoryMeter::MemoryMeter()
    : m_reporter(std::make_shared<Reporter>()),
      m_guard(c10::DebugInfoKind::PROFILER_STATE, m_reporter) {}

void MemoryMeter::Reporter::reportMemoryUsage(void*, std::int64_t bytes, std::size_t, std::size_t,
                                              c10::Device) {
  const std::int64_t now = current.fetch_add(bytes) + bytes;
  std::int64_t highest = peak;
  while (now > highest && !peak.compare_exchange_weak(highest, now)) {
  }
}

}  // namespace core::run
