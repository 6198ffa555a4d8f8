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

void forEachElement(const ir::TensorMeta& meta, const std::function<void(std::int64_t)>& visit) {
  const std::vector<std::int64_t> sizes = meta.sizeHints();
  const std::vector<std::int64_t> strides = meta.strideHints();
  std::vector<std::int64_t> index(sizes.size(), 0);
  std::int64_t place = 0;
  for (std::int64_t left = meta.numel(); left > 0; --left) {
    visit(place);
    for (std::size_t d = sizes.size(); d-- > 0;) {
      place += strides[d];
      if (++index[d] < sizes[d]) break;
      place -= sizes[d] * strides[d];
      index[d] = 0;
    }
  }
}

}  // namespace core::load
