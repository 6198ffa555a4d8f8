#pragma once

// Libraries that are opened when they are wanted, from the first place that has them.

#include <string>
#include <vector>

#include "core/base/result.h"

namespace core::gpu {

/// A library that stays open for the life of the process, as CUDA's must.
class SharedLibrary {
 public:
  /// Tries `folders` in order, then the system's own search. `advice` ends the error's message.
  /// Errors: DeviceUnavailable, with what was tried in `details`.
  static Result<SharedLibrary> open(const std::string& fileName,
                                    const std::vector<std::string>& folders,
                                    const std::string& advice);

  /// The address of `name`; null if the library has no such symbol.
  void* symbol(const char* name) const;
  const std::string& path() const { return m_path; }

 private:
  SharedLibrary(void* handle, std::string path) : m_handle(handle), m_path(std::move(path)) {}

  void* m_handle = nullptr;
  std::string m_path;
};

/// Sets `function` to the library's `name`. Errors: DeviceUnavailable for a library without it.
template <typename Function>
Result<void> bind(const SharedLibrary& library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(library.symbol(name));
  if (function) return {};
  return Error{ErrorCode::DeviceUnavailable,
               library.path() + " has no " + name + ": it is older than CUDA 12. Update it.", "",
               ""};
}

}  // namespace core::gpu
