#pragma once

// The records of a .pt2 archive: one root folder, known by their names below it.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/load/loaded_model.h"
#include "core/load/zip_archive.h"

namespace core::load {

class Pt2Archive {
 public:
  /// Checks the container and that it is a .pt2 in little-endian order. Throws ReadFailure
  /// (ArchiveCorrupt, FormatUnsupported).
  explicit Pt2Archive(std::shared_ptr<const MappedFile> file);

  /// Name of the program: "model" of "models/model.json"; the first in the archive if it holds
  /// several and none is called "model".
  const std::string& programName() const { return m_programName; }
  bool has(const std::string& record) const { return m_zip.find(m_root + record) != nullptr; }
  /// The text of a record, at most `limit` bytes.
  std::string text(const std::string& record, std::uint64_t limit) const;
  /// Where a record's raw bytes lie. Compressed records cannot be mapped and are refused.
  StoragePlace place(const std::string& record) const;
  std::span<const std::byte> bytes(const StoragePlace& place) const {
    return m_file->bytes().subspan(place.offset, place.length);
  }

 private:
  const ZipEntry& entry(const std::string& record) const;
  void checkFormat() const;
  std::string findProgramName() const;

  std::shared_ptr<const MappedFile> m_file;
  ZipArchive m_zip;
  std::string m_root;  ///< "resnet18/"
  std::string m_programName;
};

}  // namespace core::load
