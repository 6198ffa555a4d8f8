#pragma once

// NVRTC, NVIDIA's run-time compiler for CUDA C++, as far as it is used here. The types are those of
// its C interface, declared anew so that no CUDA header is needed.

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace core::gpu {

struct NvrtcApi {
  using Program = void*;  ///< nvrtcProgram

  int (*version)(int* major, int* minor) = nullptr;
  const char* (*errorString)(int result) = nullptr;
  int (*createProgram)(Program*, const char* source, const char* name, int headers,
                       const char* const* headerTexts, const char* const* headerNames) = nullptr;
  int (*destroyProgram)(Program*) = nullptr;
  int (*compileProgram)(Program, int options, const char* const* texts) = nullptr;
  int (*logSize)(Program, std::size_t*) = nullptr;
  int (*log)(Program, char*) = nullptr;
  int (*cubinSize)(Program, std::size_t*) = nullptr;
  int (*cubin)(Program, char*) = nullptr;
  std::string path;  ///< of the library
  int major = 0;
  int minor = 0;
};

/// Opens libnvrtc.so.13, or .12, from `folders`, or the system. Errors: DeviceUnavailable.
Result<NvrtcApi> openNvrtc(const std::vector<std::string>& folders);

}  // namespace core::gpu
