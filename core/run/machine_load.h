#pragma once

// What else kept the machine's processors busy while something was timed. Linux; no LibTorch.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/run/measurement.h"

namespace core::run {

/// Seconds of processor time since the machine started, summed over its cores.
struct ProcessorTimes {
  double busy = 0;    ///< of all programs; includes `stolen`
  double stolen = 0;  ///< wanted, but given to another virtual machine
};

/// The first line of /proc/stat, whose figures count `ticksPerSecond`; empty if it is none.
std::optional<ProcessorTimes> parseProcessorTimes(std::string_view text, double ticksPerSecond);

/// Watches from its making on.
class LoadMeter {
 public:
  LoadMeter();
  /// The load since then. Figures that the machine does not tell are 0.
  MachineLoad load() const;

 private:
  std::chrono::steady_clock::time_point m_start;
  std::optional<ProcessorTimes> m_processors;
  double m_own = 0;  ///< processor seconds of this process
  std::int64_t m_throttles = 0;
};

}  // namespace core::run
