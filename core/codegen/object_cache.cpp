#include "core/codegen/object_cache.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/sha256.h"

namespace core::codegen {
namespace {

/// A file is one line "aot-object 1 <SHA-256 of the object>", then the object.
constexpr const char* kHeader = "aot-object 1 ";

}  // namespace

std::optional<std::string> ObjectCache::load(const std::string& key) const {
  if (m_folder.empty()) return std::nullopt;
  std::ifstream file(path(key), std::ios::binary);
  std::string header;
  if (!std::getline(file, header)) return std::nullopt;
  std::ostringstream content;
  content << file.rdbuf();
  std::string object = std::move(content).str();
  if (header != kHeader + sha256(object)) return std::nullopt;
  return object;
}

void ObjectCache::store(const std::string& key, const std::string& object) const {
  if (m_folder.empty()) return;
  std::error_code ignored;
  std::filesystem::create_directories(m_folder, ignored);
  static std::atomic<int> counter = 0;
  const std::string temporary =
      path(key) + "." + std::to_string(getpid()) + "." + std::to_string(counter++) + ".tmp";
  {
    std::ofstream file(temporary, std::ios::binary);
    file << kHeader << sha256(object) << '\n';
    file.write(object.data(), static_cast<std::streamsize>(object.size()));
    if (!file.flush()) {
      std::filesystem::remove(temporary, ignored);
      return;
    }
  }
  std::filesystem::rename(temporary, path(key), ignored);
  if (ignored) std::filesystem::remove(temporary, ignored);
}

}  // namespace core::codegen
