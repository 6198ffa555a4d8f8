#pragma once

// An archive that torch.save wrote: one pickle, and the storages of its tensors.

#include <cstddef>
#include <span>
#include <string>

#include "core/load/pickle_reader.h"
#include "core/load/zip_archive.h"

namespace core::load {

class SavedTensors {
 public:
  /// `archive` must outlive the object; `what` names it in messages. Throws ReadFailure: as
  /// readPickle(); ArchiveCorrupt, FormatUnsupported.
  SavedTensors(std::span<const std::byte> archive, std::string what);

  const Pickle& pickle() const { return m_pickle; }
  /// The bytes of a storage; refused if they are compressed or not as many as it claims.
  std::span<const std::byte> bytes(const PickleStorage& storage) const;

 private:
  const ZipEntry& entry(const std::string& name) const;

  std::span<const std::byte> m_archive;
  ZipArchive m_zip;
  Pickle m_pickle;
};

}  // namespace core::load
