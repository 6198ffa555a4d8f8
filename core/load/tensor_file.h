#pragma once

// One tensor out of a file that another program wrote.

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/ir/tensor_meta.h"

namespace core::load {

/// Elements in row-major order.
struct FileTensor {
  ir::TensorMeta meta;
  std::vector<std::byte> elements;
};

/// Reads NumPy's .npy (versions 1 to 3), a tensor or dict of tensors written by torch.save, or a
/// .safetensors file; which it is the first bytes tell. Of several tensors the one called `name` is
/// taken. Nothing in the file is run. Errors: FileNotFound, ArchiveCorrupt, FormatUnsupported,
/// InvalidArgument with the names that there are.
Result<FileTensor> readTensorFile(const std::string& path, const std::string& name);

}  // namespace core::load
