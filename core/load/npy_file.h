#pragma once

// NumPy's .npy: a header that is a Python dict literal, then the elements.

#include <cstddef>
#include <span>

#include "core/ir/tensor_meta.h"

namespace core::load {

/// An array inside of its file.
struct NpyArray {
  ir::TensorMeta meta;  ///< strides tell row-major from column-major
  std::span<const std::byte> elements;
};

bool isNpy(std::span<const std::byte> file);

/// Throws ReadFailure: ArchiveCorrupt for a file that is cut off or has no such header,
/// FormatUnsupported for big-endian, structured and object arrays.
NpyArray readNpy(std::span<const std::byte> file);

}  // namespace core::load
