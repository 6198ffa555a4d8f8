// Opens libaot_torch beside the running program. OpenMP reads its environment once, when LibTorch's
// libgomp is mapped, so the environment is set first; spinning threads made training steps several
// times slower on shared cores. libtorch_cuda comes right after the module, and before the first
// call into it: LibTorch looks for CUDA once, when it is first asked, and remembers.

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>

#include "core/torch/expect_cuda.h"
#include "core/torch/torch_module.h"

namespace core::torch {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModuleFile = "libaot_torch.so";
constexpr const char* kCudaFile = "libtorch_cuda.so";

std::atomic<bool> cudaIsExpected = false;

/// Beside the program, or in bin/ and lib/ next to its folder (tests and installed trees).
std::string modulePath() {
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
  // Kernels are loaded when they are first used: a second instead of several, and 2 GB less.
  setenv("CUDA_MODULE_LOADING", "LAZY", /*overwrite=*/0);
  if (threads > 0) setenv("OMP_NUM_THREADS", std::to_string(threads).c_str(), /*overwrite=*/1);
}

/// The folder of a library that is in this process; empty if it is not.
fs::path folderOf(const char* library) {
  struct Search {
    const char* library;
    fs::path folder;
  } search{library, {}};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* wanted) {
        auto& mine = *static_cast<Search*>(wanted);
        const fs::path path = info->dlpi_name ? info->dlpi_name : "";
        if (path.filename() != mine.library) return 0;
        mine.folder = path.parent_path();
        return 1;
      },
      &search);
  return search.folder;
}

Error unavailable(const std::string& what, std::string details) {
  return Error{ErrorCode::DeviceUnavailable, what, std::move(details), {}};
}

bool hasDriver() {
  return dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL) != nullptr;
}

Result<void> openCuda() {
  if (!hasDriver())
    return unavailable(
        "CUDA needs NVIDIA's driver, and libcuda.so.1 was not found. Install the driver of the GPU "
        "(Debian: nvidia-driver), or use --device cpu.",
        {});
  const char* wanted = std::getenv("AOT_TORCH_CUDA");
  const fs::path path = (wanted ? fs::path(wanted) : folderOf("libtorch_cpu.so")) / kCudaFile;
  std::error_code failed;
  if (!fs::exists(path, failed))
    return unavailable("CUDA needs LibTorch's CUDA libraries, and " + path.string() +
                           " does not exist. Run ./dev setup cuda, which fetches them, or name "
                           "their folder in AOT_TORCH_CUDA.",
                       {});
  if (dlopen(path.c_str(), RTLD_LAZY | RTLD_GLOBAL)) return {};
  const char* reason = dlerror();
  return unavailable("LibTorch's CUDA libraries could not be loaded. Run ./dev setup cuda again.",
                     reason ? reason : "");
}

/// The module, and whether CUDA came with it.
struct Opened {
  TorchModule* module = nullptr;
  Result<void> cuda;
};

Result<Opened> openOnce(int threads, OpenCuda cuda) {
  setEnvironment(threads);
  void* handle = dlopen(modulePath().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return Error{
        ErrorCode::Torch, "LibTorch could not be loaded; run ./dev build again.", dlerror(), {}};
  const auto entry = reinterpret_cast<TorchModuleEntry>(dlsym(handle, "aotTorchModule"));
  if (!entry)
    return Error{
        ErrorCode::Torch, "libaot_torch.so is not the module of this program.", dlerror(), {}};
  Opened opened;
  opened.cuda = unavailable(
      "This engine runs LibTorch without CUDA, which cannot be changed while it runs. Start "
      "another one for the GPU.",
      {});
  if (cuda != OpenCuda::Never || cudaIsExpected) opened.cuda = openCuda();
  if (cuda == OpenCuda::Required && !opened.cuda) return opened.cuda.error();
  opened.module = entry();
  return opened;
}

}  // namespace

void expectCuda() {
  cudaIsExpected = true;
}

Result<TorchModule*> openTorchModule(int threads, OpenCuda cuda) {
  static std::mutex mutex;
  static Opened opened;
  const std::lock_guard<std::mutex> lock(mutex);
  if (!opened.module) {
    CORE_TRY(opened, openOnce(threads, cuda));
  }
  if (cuda == OpenCuda::Required && !opened.cuda) return opened.cuda.error();
  return opened.module;
}

std::string cudaLibraryFolder() {
  return folderOf(kCudaFile).string();
}

}  // namespace core::torch
