// The module is opened with RTLD_LOCAL, so that LLVM's and clang's symbols meet nobody else's.

#include <dlfcn.h>
#include <unistd.h>

#include <climits>
#include <mutex>
#include <optional>
#include <vector>

#include "core/jit/jit_module.h"

namespace core::jit {
namespace {

constexpr const char* kModuleName = "libaot_cpu_jit.so";

std::string programFolder() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0) return ".";
  const std::string program(path, static_cast<std::size_t>(length));
  return program.substr(0, program.rfind('/'));
}

/// Beside the program, where an installed package keeps libraries, and beside a test's program.
std::vector<std::string> candidatePaths() {
  const std::string folder = programFolder();
  std::vector<std::string> paths;
  for (const char* place : {"/", "/../lib/", "/../lib/aot-explorer/", "/../bin/"})
    paths.push_back(folder + place + kModuleName);
  return paths;
}

Result<CpuCompiler*> openModule() {
  std::string tried;
  for (const std::string& path : candidatePaths()) {
    void* module =
        access(path.c_str(), R_OK) == 0 ? dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
    if (!module) {
      const char* why = access(path.c_str(), R_OK) == 0 ? dlerror() : "no such file";
      tried.append(path).append(": ").append(why ? why : "cannot be opened").append("\n");
      continue;
    }
    const auto entry = reinterpret_cast<CpuCompilerEntry>(dlsym(module, "aotCpuCompiler"));
    if (entry) return entry();
    tried.append(path).append(": has no symbol aotCpuCompiler\n");
  }
  return Error{ErrorCode::CompilerMissing,
               "Cannot open the kernel compiler (libaot_cpu_jit.so). Build or install it beside "
               "the program, with LLVM 14 and clang 14.",
               tried, ""};
}

}  // namespace

Result<CpuCompiler*> openCpuCompiler() {
  static std::mutex mutex;
  static std::optional<Result<CpuCompiler*>> opened;
  const std::lock_guard lock(mutex);
  if (!opened) opened = openModule();
  return *opened;
}

}  // namespace core::jit
