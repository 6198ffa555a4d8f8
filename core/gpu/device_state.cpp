#include "core/gpu/device_state.h"

#include <array>
#include <utility>

#include "core/gpu/shared_library.h"

namespace core::gpu {
namespace {

// nvmlClockType_t and nvmlTemperatureSensors_t.
constexpr int kSmClock = 1;
constexpr int kMemoryClock = 2;
constexpr int kChip = 0;

// nvmlClocksThrottleReason*; an idle device and clocks that a person chose are no slowdown.
constexpr std::array<std::pair<unsigned long long, const char*>, 5> kReasons{{
    {0x04, "power cap"},
    {0x08, "hardware slowdown"},
    {0x20, "thermal slowdown"},
    {0x40, "hardware thermal slowdown"},
    {0x80, "power brake"},
}};

/// The library's functions that are used here. A device is an opaque pointer.
struct ManagementApi {
  int (*init)() = nullptr;
  int (*device)(unsigned index, void** device) = nullptr;
  int (*clock)(void* device, int type, unsigned* megahertz) = nullptr;
  int (*temperature)(void* device, int sensor, unsigned* degrees) = nullptr;
  int (*power)(void* device, unsigned* milliwatts) = nullptr;
  int (*throttling)(void* device, unsigned long long* reasons) = nullptr;
};

Result<ManagementApi> openApi() {
  CORE_TRY(const SharedLibrary library,
           SharedLibrary::open("libnvidia-ml.so.1", {}, "It comes with NVIDIA's driver."));
  ManagementApi api;
  CORE_TRY_VOID(bind(library, "nvmlInit_v2", api.init));
  CORE_TRY_VOID(bind(library, "nvmlDeviceGetHandleByIndex_v2", api.device));
  CORE_TRY_VOID(bind(library, "nvmlDeviceGetClockInfo", api.clock));
  CORE_TRY_VOID(bind(library, "nvmlDeviceGetTemperature", api.temperature));
  CORE_TRY_VOID(bind(library, "nvmlDeviceGetPowerUsage", api.power));
  CORE_TRY_VOID(bind(library, "nvmlDeviceGetCurrentClocksThrottleReasons", api.throttling));
  if (api.init() == 0) return api;
  return Error{ErrorCode::DeviceUnavailable, "NVIDIA's management library does not start.", {}, {}};
}

}  // namespace

std::vector<std::string> throttleReasons(unsigned long long bits) {
  std::vector<std::string> reasons;
  for (const auto& [bit, reason] : kReasons)
    if (bits & bit) reasons.emplace_back(reason);
  return reasons;
}

Result<DeviceState> readDeviceState(int ordinal) {
  static const Result<ManagementApi> opened = openApi();
  if (!opened) return opened.error();
  const ManagementApi& api = *opened;
  void* device = nullptr;
  if (api.device(static_cast<unsigned>(ordinal), &device) != 0)
    return Error{ErrorCode::DeviceUnavailable,
                 "NVIDIA's management library does not know GPU " + std::to_string(ordinal) + ".",
                 {},
                 {}};
  // What a device does not tell stays 0.
  unsigned value = 0;
  DeviceState state;
  if (api.clock(device, kSmClock, &value) == 0) state.smClockMHz = static_cast<int>(value);
  if (api.clock(device, kMemoryClock, &value) == 0) state.memoryClockMHz = static_cast<int>(value);
  if (api.temperature(device, kChip, &value) == 0) state.temperature = static_cast<int>(value);
  if (api.power(device, &value) == 0) state.watts = value / 1e3;
  unsigned long long reasons = 0;
  if (api.throttling(device, &reasons) == 0) state.throttling = throttleReasons(reasons);
  return state;
}

}  // namespace core::gpu
