#include "core/run/memory_meter_torch.h"

#include <c10/core/CachingDeviceAllocator.h>

namespace core::run {
namespace {

c10::CachingAllocator::Stat allocatedBytes(c10::Device device) {
  constexpr auto kAll = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return c10::getDeviceAllocator(device.type())
      ->getDeviceStats(device.index())
      .allocated_bytes[kAll];
}

}  // namespace

MemoryMeter::MemoryMeter(c10::Device device) : m_device(device) {
  if (device.is_cpu()) {
    m_reporter = std::make_shared<Reporter>();
    m_guard.emplace(c10::DebugInfoKind::PROFILER_STATE, m_reporter);
  } else {
    c10::getDeviceAllocator(device.type())->resetPeakStats(device.index());
    m_before = allocatedBytes(device).current;
  }
}

std::int64_t MemoryMeter::currentBytes() const {
  return m_reporter ? m_reporter->current.load() : allocatedBytes(m_device).current - m_before;
}

std::int64_t MemoryMeter::peakBytes() const {
  return m_reporter ? m_reporter->peak.load() : allocatedBytes(m_device).peak - m_before;
}

void MemoryMeter::Reporter::reportMemoryUsage(void*, std::int64_t bytes, std::size_t, std::size_t,
                                              c10::Device) {
  const std::int64_t now = current.fetch_add(bytes) + bytes;
  std::int64_t highest = peak;
  while (now > highest && !peak.compare_exchange_weak(highest, now)) {
  }
}

}  // namespace core::run
