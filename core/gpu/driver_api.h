#pragma once

// The CUDA driver, as far as it is used here. The types are those of its C interface (cuda.h),
// declared anew so that no CUDA header is needed. Names with a version are the ones that cuda.h
// maps the plain names to.

#include <cstddef>
#include <string>

#include "core/base/result.h"

namespace core::gpu {

struct DriverApi {
  using Device = int;      ///< CUdevice
  using Context = void*;   ///< CUcontext
  using Module = void*;    ///< CUmodule
  using Function = void*;  ///< CUfunction
  using Stream = void*;    ///< CUstream

  /// CUlaunchAttribute.
  struct LaunchAttribute {
    int id = 0;
    alignas(8) unsigned char value[64] = {};
  };
  /// CUlaunchConfig.
  struct LaunchConfig {
    unsigned grid[3] = {1, 1, 1};
    unsigned block[3] = {1, 1, 1};
    unsigned sharedBytes = 0;
    Stream stream = nullptr;
    LaunchAttribute* attributes = nullptr;
    unsigned attributeCount = 0;
  };

  int (*init)(unsigned flags) = nullptr;
  int (*driverVersion)(int*) = nullptr;
  int (*errorName)(int result, const char**) = nullptr;
  int (*errorString)(int result, const char**) = nullptr;
  int (*deviceCount)(int*) = nullptr;
  int (*device)(Device*, int ordinal) = nullptr;
  int (*deviceName)(char*, int length, Device) = nullptr;
  int (*deviceAttribute)(int*, int attribute, Device) = nullptr;
  int (*deviceMemory)(std::size_t*, Device) = nullptr;
  int (*retainPrimaryContext)(Context*, Device) = nullptr;
  int (*currentContext)(Context*) = nullptr;
  int (*setCurrentContext)(Context) = nullptr;
  int (*loadModule)(Module*, const void* image) = nullptr;
  int (*unloadModule)(Module) = nullptr;
  int (*moduleFunction)(Function*, Module, const char* name) = nullptr;
  int (*functionAttribute)(int*, int attribute, Function) = nullptr;
  int (*setFunctionAttribute)(Function, int attribute, int value) = nullptr;
  int (*launchKernel)(Function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                      unsigned blockY, unsigned blockZ, unsigned sharedBytes, Stream,
                      void** parameters, void** extra) = nullptr;
  /// Null in drivers older than CUDA 11.8.
  int (*launchKernelEx)(const LaunchConfig*, Function, void** parameters, void** extra) = nullptr;

  /// "CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered".
  std::string explain(int result) const;
  /// Success for 0. Errors: OutOfMemory, else DeviceUnavailable; `what` begins the message.
  Result<void> check(int result, const std::string& what) const;
};

/// Opens libcuda.so.1 and initialises it, once. Errors: DeviceUnavailable.
Result<const DriverApi*> openDriver();

}  // namespace core::gpu
