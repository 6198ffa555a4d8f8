#pragma once

// Clocks, power and heat of a GPU, from NVIDIA's management library, opened at run time.

#include <string>
#include <vector>

#include "core/base/result.h"

namespace core::gpu {

struct DeviceState {
  int smClockMHz = 0;
  int memoryClockMHz = 0;
  int temperature = 0;  ///< degrees Celsius
  double watts = 0;
  std::vector<std::string> throttling;  ///< "power cap", "thermal slowdown"; empty: none
};

/// What slows the clocks down, of the library's bits.
std::vector<std::string> throttleReasons(unsigned long long bits);

/// The state now of the device with this number. The library counts all devices of the machine,
/// also those that CUDA_VISIBLE_DEVICES hides. Errors: DeviceUnavailable without the library.
Result<DeviceState> readDeviceState(int ordinal);

}  // namespace core::gpu
