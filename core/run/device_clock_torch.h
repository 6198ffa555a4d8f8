#pragma once

// Time as a device sees it: the host's clock on the CPU, events on the current stream of a GPU.

#include <c10/core/Device.h>

#include <chrono>
#include <memory>

namespace c10 {
struct Event;
}

namespace core::run {

/// Waits until everything that was issued to `device` is done. Returns at once on the CPU. Throws
/// c10::Error if the device failed meanwhile.
void synchronize(c10::Device device);

class DeviceClock {
 public:
  explicit DeviceClock(c10::Device device);
  DeviceClock(DeviceClock&& other) noexcept;
  ~DeviceClock();

  void start();
  /// Milliseconds from start() until the work that was issued since is done; waits for it.
  double stopMs();

 private:
  c10::Device m_device;
  std::chrono::steady_clock::time_point m_begin;
  std::unique_ptr<c10::Event> m_first, m_last;  ///< null on the CPU
};

}  // namespace core::run
