#pragma once

// Zip archives for tests: taken apart, changed and put together again, sound or broken on purpose.

#include <cstdint>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/load/zip_archive.h"

namespace tests {

inline std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void writeFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), std::ssize(bytes));
}

inline std::uint32_t crc32Of(const std::string& text) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xedb88320 & (0u - (crc & 1)));
  }
  return ~crc;
}

/// Names and contents, in the order of the archive; written stored, without descriptors.
struct StoredZip {
  std::vector<std::pair<std::string, std::string>> entries;

  static StoredZip of(const std::string& bytes) {
    const std::span<const std::byte> span(reinterpret_cast<const std::byte*>(bytes.data()),
                                          bytes.size());
    const core::load::ZipArchive archive(span, "The test's archive");
    StoredZip zip;
    for (const auto& entry : archive.entries()) {
      zip.entries.emplace_back(entry.name, archive.readText(entry, bytes.size()));
    }
    return zip;
  }

  /// The content of the only entry whose name ends so.
  std::string& content(const std::string& ending) {
    for (auto& [name, text] : entries) {
      if (name.ends_with(ending)) return text;
    }
    throw std::out_of_range(ending);
  }

  void replace(const std::string& ending, const std::string& from, const std::string& to) {
    std::string& text = content(ending);
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::out_of_range(from);
    text.replace(at, from.size(), to);
  }

  void remove(const std::string& ending) {
    std::erase_if(entries, [&](const auto& entry) { return entry.first.ends_with(ending); });
  }

  std::string bytes() const {
    std::string archive;
    std::string directory;
    for (const auto& [name, text] : entries) {
      const auto offset = static_cast<std::uint32_t>(archive.size());
      std::string common;
      put16(common, 20);
      put16(common, 0);
      put16(common, 0);
      put32(common, 0);
      put32(common, crc32Of(text));
      put32(common, static_cast<std::uint32_t>(text.size()));
      put32(common, static_cast<std::uint32_t>(text.size()));
      put16(common, static_cast<std::uint16_t>(name.size()));
      put16(common, 0);
      archive += "PK\3\4" + common + name + text;
      directory += "PK\1\2";
      put16(directory, 20);
      directory += common;
      directory += std::string(10, '\0');
      put32(directory, offset);
      directory += name;
    }
    const auto start = static_cast<std::uint32_t>(archive.size());
    archive += directory + "PK\5\6" + std::string(4, '\0');
    put16(archive, static_cast<std::uint16_t>(entries.size()));
    put16(archive, static_cast<std::uint16_t>(entries.size()));
    put32(archive, static_cast<std::uint32_t>(directory.size()));
    put32(archive, start);
    put16(archive, 0);
    return archive;
  }

 private:
  static void put16(std::string& out, std::uint16_t value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  static void put32(std::string& out, std::uint32_t value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
};

}  // namespace tests
