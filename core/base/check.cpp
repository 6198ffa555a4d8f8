#include "core/base/check.h"

#include <string_view>

namespace core {

void throwInternalError(const char* file, int line, const char* condition,
                        const std::string& message) {
  std::string_view path(file);
  if (const auto slash = path.rfind('/'); slash != std::string_view::npos)
    path.remove_prefix(slash + 1);
  throw InternalError(std::string(path) + ":" + std::to_string(line) + ": " + message + " (" +
                      condition + ")");
}

}  // namespace core
