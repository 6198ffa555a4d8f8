#include "core/load/strided_view.h"

namespace core::load {

std::optional<std::uint64_t> bytesReached(const ir::TensorMeta& meta, std::int64_t storageOffset) {
  if (storageOffset < 0 || meta.sizes.size() != meta.strides.size()) return std::nullopt;
  std::int64_t last = storageOffset;
  bool empty = false;
  for (std::size_t i = 0; i < meta.sizes.size(); ++i) {
    const std::int64_t size = meta.sizes[i].hint();
    const std::int64_t stride = meta.strides[i].hint();
    if (size < 0 || stride < 0) return std::nullopt;
    if (size == 0) {
      empty = true;
      continue;
    }
    std::int64_t distance = 0;
    if (__builtin_mul_overflow(size - 1, stride, &distance) ||
        __builtin_add_overflow(last, distance, &last)) {
      return std::nullopt;
    }
  }
  if (empty) return 0;
  std::int64_t bytes = 0;
  if (__builtin_add_overflow(last, 1, &last) ||
      __builtin_mul_overflow(last, ir::dtypeBytes(meta.dtype), &bytes)) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace core::load
