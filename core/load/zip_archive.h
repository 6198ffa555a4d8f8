#pragma once

// A zip archive as PyTorch writes it, checked before anything in it is believed.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct zip;

namespace core::load {

enum class ZipMethod { Stored, Deflated };

struct ZipEntry {
  std::string name;
  ZipMethod method = ZipMethod::Stored;
  std::uint32_t crc = 0;
  std::uint64_t headerOffset = 0;  ///< of the local header
  std::uint64_t dataOffset = 0;    ///< of the first byte of the data
  std::uint64_t compressedLength = 0;
  std::uint64_t length = 0;
};

/// An open archive over bytes that outlive it. Throws ReadFailure (ArchiveCorrupt).
class ZipArchive {
 public:
  /// Reads the central directory and checks it against every local header: records lie inside the
  /// file, do not overlap, and agree in name, method and sizes; names are plain relative paths that
  /// occur once. Then libzip must accept the archive and see the same entries. `what` names the
  /// archive in messages.
  ZipArchive(std::span<const std::byte> archive, std::string what);

  const std::vector<ZipEntry>& entries() const { return m_entries; }
  /// Null if there is none.
  const ZipEntry* find(std::string_view name) const;
  /// The whole content of one of entries(), inflated if need be and checked against its CRC. Fails
  /// when it is longer than `limit` bytes or damaged.
  std::string readText(const ZipEntry& entry, std::uint64_t limit) const;

 private:
  struct Closer {
    void operator()(zip* archive) const;
  };

  std::string m_what;
  std::vector<ZipEntry> m_entries;
  std::unique_ptr<zip, Closer> m_zip;
};

}  // namespace core::load
