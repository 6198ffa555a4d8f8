#include "core/gpu/nvrtc_api.h"

#include "core/gpu/shared_library.h"

namespace core::gpu {
namespace {

constexpr const char* kAdvice =
    "It compiles kernels for the GPU and comes with the Python package nvidia-cuda-nvrtc (folder "
    "nvidia/cu13/lib) or with the CUDA toolkit.";

}  // namespace

Result<NvrtcApi> openNvrtc(const std::vector<std::string>& folders) {
  Result<SharedLibrary> library = SharedLibrary::open("libnvrtc.so.13", folders, kAdvice);
  if (!library) {
    Result<SharedLibrary> older = SharedLibrary::open("libnvrtc.so.12", folders, kAdvice);
    if (!older) return library.error();
    library = std::move(older);
  }
  NvrtcApi api;
  api.path = library->path();
  CORE_TRY_VOID(bind(*library, "nvrtcVersion", api.version));
  CORE_TRY_VOID(bind(*library, "nvrtcGetErrorString", api.errorString));
  CORE_TRY_VOID(bind(*library, "nvrtcCreateProgram", api.createProgram));
  CORE_TRY_VOID(bind(*library, "nvrtcDestroyProgram", api.destroyProgram));
  CORE_TRY_VOID(bind(*library, "nvrtcCompileProgram", api.compileProgram));
  CORE_TRY_VOID(bind(*library, "nvrtcGetProgramLogSize", api.logSize));
  CORE_TRY_VOID(bind(*library, "nvrtcGetProgramLog", api.log));
  CORE_TRY_VOID(bind(*library, "nvrtcGetCUBINSize", api.cubinSize));
  CORE_TRY_VOID(bind(*library, "nvrtcGetCUBIN", api.cubin));
  if (const int result = api.version(&api.major, &api.minor); result != 0)
    return Error{ErrorCode::DeviceUnavailable,
                 api.path + " does not answer: " + api.errorString(result), "", ""};
  return api;
}

}  // namespace core::gpu
