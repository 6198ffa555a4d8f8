#include "core/run/device_clock_torch.h"

#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace core::run {
namespace {

using Clock = std::chrono::steady_clock;

c10::Stream currentStream(c10::Device device) {
  return c10::impl::VirtualGuardImpl(device.type()).getStream(device);
}

}  // namespace

void synchronize(c10::Device device) {
  if (!device.is_cpu()) currentStream(device).synchronize();
}

DeviceClock::DeviceClock(c10::Device device) : m_device(device) {
  if (device.is_cpu()) return;
  m_first = std::make_unique<c10::Event>(device.type(), c10::EventFlag::BACKEND_DEFAULT);
  m_last = std::make_unique<c10::Event>(device.type(), c10::EventFlag::BACKEND_DEFAULT);
}

DeviceClock::DeviceClock(DeviceClock&& other) noexcept = default;
DeviceClock::~DeviceClock() = default;

void DeviceClock::start() {
  m_begin = Clock::now();
  if (m_first) m_first->record(currentStream(m_device));
}

double DeviceClock::stopMs() {
  if (!m_last) return std::chrono::duration<double, std::milli>(Clock::now() - m_begin).count();
  m_last->record(currentStream(m_device));
  m_last->synchronize();
  return m_first->elapsedTime(*m_last);
}

}  // namespace core::run
