#pragma once

// A safetensors file: named tensors, one after the other, behind a JSON header. Nothing in it can
// run code.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/load/loaded_model.h"

namespace core::load {

/// One tensor: row-major bytes of the file.
struct StoredTensor {
  std::string name;
  ir::TensorMeta meta;
  std::uint64_t offset = 0;  ///< of its first byte in the file
};

struct SafetensorsFile {
  std::shared_ptr<const MappedFile> file;
  std::vector<StoredTensor> tensors;  ///< in the order of their bytes

  /// The tensor of that name, or null.
  const StoredTensor* find(const std::string& name) const;
};

/// Maps the file and checks its header: a length of at most 100,000,000 that lies in the file,
/// JSON without duplicate names, `__metadata__` of texts only, and tensors that fill the rest of
/// the file exactly, without gaps or overlaps, each as large as its dtype and shape say. Errors:
/// FileNotFound, ArchiveCorrupt, FormatUnsupported (a dtype that we do not have), with the tensor.
Result<SafetensorsFile> readSafetensors(const std::string& path);

}  // namespace core::load
