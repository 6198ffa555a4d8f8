#include "core/gpu/shared_library.h"

#include <dlfcn.h>

namespace core::gpu {

Result<SharedLibrary> SharedLibrary::open(const std::string& fileName,
                                          const std::vector<std::string>& folders,
                                          const std::string& advice) {
  std::vector<std::string> paths;
  for (const std::string& folder : folders) paths.push_back(folder + "/" + fileName);
  paths.push_back(fileName);
  std::string tried;
  for (const std::string& path : paths) {
    if (void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL))
      return SharedLibrary(handle, path);
    const char* why = dlerror();
    tried.append(why ? why : path.c_str()).append("\n");
  }
  return Error{ErrorCode::DeviceUnavailable, "Cannot open " + fileName + ". " + advice, tried, ""};
}

void* SharedLibrary::symbol(const char* name) const {
  return dlsym(m_handle, name);
}

}  // namespace core::gpu
