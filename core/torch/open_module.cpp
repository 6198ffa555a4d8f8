// Opens libaot_torch beside the running program. OpenMP reads its environment once, when LibTorch's
// libgomp is mapped, so the environment is set first; spinning threads made training steps several
// times slower on shared cores.

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>

#include "core/torch/torch_module.h"

namespace core::torch {
namespace {

constexpr const char* kModuleFile = "libaot_torch.so";

/// Beside the program, or in bin/ and lib/ next to its folder (tests and installed trees).
std::string modulePath() {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::path folder = fs::read_symlink("/proc/self/exe", failed).parent_path();
  for (const fs::path& candidate :
       {folder, folder.parent_path() / "bin", folder.parent_path() / "lib"})
    if (fs::exists(candidate / kModuleFile, failed)) return (candidate / kModuleFile).string();
  return kModuleFile;
}

void setEnvironment(int threads) {
  setenv("GOMP_SPINCOUNT", "0", /*overwrite=*/0);
  setenv("KINETO_LOG_LEVEL", "99", /*overwrite=*/0);
  if (threads > 0) setenv("OMP_NUM_THREADS", std::to_string(threads).c_str(), /*overwrite=*/1);
}

Result<TorchModule*> openOnce(int threads) {
  setEnvironment(threads);
  void* handle = dlopen(modulePath().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return Error{
        ErrorCode::Torch, "LibTorch could not be loaded; run ./dev build again.", dlerror(), {}};
  const auto entry = reinterpret_cast<TorchModuleEntry>(dlsym(handle, "aotTorchModule"));
  if (!entry)
    return Error{
        ErrorCode::Torch, "libaot_torch.so is not the module of this program.", dlerror(), {}};
  return entry();
}

}  // namespace

Result<TorchModule*> openTorchModule(int threads) {
  static std::mutex mutex;
  static TorchModule* module = nullptr;
  const std::lock_guard<std::mutex> lock(mutex);
  if (module) return module;
  CORE_TRY(module, openOnce(threads));
  return module;
}

}  // namespace core::torch
