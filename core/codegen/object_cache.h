#pragma once

// Compiled code on disk (object files, cubins), one file per key. Several processes may use one
// folder: files appear atomically, and a damaged one counts as absent.

#include <optional>
#include <string>

namespace core::codegen {

class ObjectCache {
 public:
  /// An empty folder name makes a cache that never holds anything.
  explicit ObjectCache(std::string folder) : m_folder(std::move(folder)) {}

  /// The object stored under `key` (a file name), if it is there and intact.
  std::optional<std::string> load(const std::string& key) const;
  /// Keeps `object`; a folder that cannot be written is no error, only no cache.
  void store(const std::string& key, const std::string& object) const;

 private:
  std::string path(const std::string& key) const { return m_folder + "/" + key + ".o"; }

  std::string m_folder;
};

}  // namespace core::codegen
