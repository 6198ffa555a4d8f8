#include "core/gpu/driver_api.h"

#include <mutex>
#include <optional>

#include "core/gpu/shared_library.h"

namespace core::gpu {
namespace {

constexpr int kOutOfMemory = 2;  // CUDA_ERROR_OUT_OF_MEMORY

constexpr const char* kAdvice =
    "It is part of the NVIDIA driver: install the driver of this machine's GPU, or run on the CPU.";

Result<DriverApi> loadDriver() {
  CORE_TRY(const SharedLibrary library, SharedLibrary::open("libcuda.so.1", {}, kAdvice));
  DriverApi api;
  CORE_TRY_VOID(bind(library, "cuInit", api.init));
  CORE_TRY_VOID(bind(library, "cuDriverGetVersion", api.driverVersion));
  CORE_TRY_VOID(bind(library, "cuGetErrorName", api.errorName));
  CORE_TRY_VOID(bind(library, "cuGetErrorString", api.errorString));
  CORE_TRY_VOID(bind(library, "cuDeviceGetCount", api.deviceCount));
  CORE_TRY_VOID(bind(library, "cuDeviceGet", api.device));
  CORE_TRY_VOID(bind(library, "cuDeviceGetName", api.deviceName));
  CORE_TRY_VOID(bind(library, "cuDeviceGetAttribute", api.deviceAttribute));
  CORE_TRY_VOID(bind(library, "cuDeviceTotalMem_v2", api.deviceMemory));
  CORE_TRY_VOID(bind(library, "cuDevicePrimaryCtxRetain", api.retainPrimaryContext));
  CORE_TRY_VOID(bind(library, "cuCtxGetCurrent", api.currentContext));
  CORE_TRY_VOID(bind(library, "cuCtxSetCurrent", api.setCurrentContext));
  CORE_TRY_VOID(bind(library, "cuModuleLoadData", api.loadModule));
  CORE_TRY_VOID(bind(library, "cuModuleUnload", api.unloadModule));
  CORE_TRY_VOID(bind(library, "cuModuleGetFunction", api.moduleFunction));
  CORE_TRY_VOID(bind(library, "cuFuncGetAttribute", api.functionAttribute));
  CORE_TRY_VOID(bind(library, "cuFuncSetAttribute", api.setFunctionAttribute));
  CORE_TRY_VOID(bind(library, "cuLaunchKernel", api.launchKernel));
  if (!bind(library, "cuLaunchKernelEx", api.launchKernelEx)) api.launchKernelEx = nullptr;
  CORE_TRY_VOID(api.check(api.init(0), "The NVIDIA driver finds no GPU that it can use"));
  return api;
}

}  // namespace

std::string DriverApi::explain(int result) const {
  const char* name = nullptr;
  const char* text = nullptr;
  if (errorName(result, &name) != 0 || !name) return "CUDA error " + std::to_string(result);
  if (errorString(result, &text) != 0 || !text) return name;
  return std::string(name) + ": " + text;
}

Result<void> DriverApi::check(int result, const std::string& what) const {
  if (result == 0) return {};
  const ErrorCode code =
      result == kOutOfMemory ? ErrorCode::OutOfMemory : ErrorCode::DeviceUnavailable;
  return Error{code, what + ": " + explain(result) + ".", "", ""};
}

Result<const DriverApi*> openDriver() {
  static std::mutex mutex;
  static std::optional<Result<DriverApi>> opened;
  const std::lock_guard lock(mutex);
  if (!opened) opened = loadDriver();
  if (!*opened) return opened->error();
  return &opened->value();
}

}  // namespace core::gpu
