#pragma once

// How far a strided tensor reaches into its storage.

#include <cstdint>
#include <functional>
#include <optional>

#include "core/ir/tensor_meta.h"

namespace core::load {

/// Bytes from the start of the storage to the end of the last element that `meta`, placed at
/// `storageOffset` elements, can touch; 0 if it has no elements. Empty when a size, stride or the
/// offset is negative, or the number does not fit in 63 bits.
std::optional<std::uint64_t> bytesReached(const ir::TensorMeta& meta, std::int64_t storageOffset);

/// Calls `visit` with every element's place, in elements from the start of a view at offset 0; the
/// last dimension runs fastest.
void forEachElement(const ir::TensorMeta& meta, const std::function<void(std::int64_t)>& visit);

}  // namespace core::load
