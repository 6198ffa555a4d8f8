#include "core/passes/decompositions/result_meta.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/base/check.h"

namespace core::passes {
namespace {

using ir::Size;
using ir::TensorMeta;

TensorMeta rowMajor(ir::DType dtype, std::vector<Size> sizes, ir::Device device) {
  TensorMeta meta{dtype, std::move(sizes), {}, device};
  const auto strides = ir::contiguousStrides(meta.sizeHints());
  meta.strides = {strides.begin(), strides.end()};
  return meta;
}

/// Whether the elements fill a block of memory without gaps.
bool isDense(const TensorMeta& meta) {
  std::vector<std::pair<std::int64_t, std::int64_t>> dims;
  for (std::size_t d = 0; d < meta.sizes.size(); ++d)
    if (meta.sizes[d].hint() != 1) dims.emplace_back(meta.strides[d].hint(), meta.sizes[d].hint());
  std::sort(dims.begin(), dims.end());
  std::int64_t expected = 1;
  for (const auto& [stride, size] : dims) {
    if (stride != expected) return false;
    expected *= size;
  }
  return true;
}

}  // namespace

TensorMeta broadcastMeta(const std::vector<const TensorMeta*>& operands, ir::DType dtype) {
  CORE_CHECK(!operands.empty(), "a pointwise call needs a tensor");
  std::vector<Size> sizes;
  for (const TensorMeta* operand : operands) {
    const std::size_t rank = operand->sizes.size();
    if (rank > sizes.size()) sizes.insert(sizes.begin(), rank - sizes.size(), Size(1));
    for (std::size_t d = 0; d < rank; ++d) {
      Size& size = sizes[sizes.size() - rank + d];
      if (size.hint() == 1) size = operand->sizes[d];
      const std::int64_t own = operand->sizes[d].hint();
      CORE_CHECK(own == 1 || own == size.hint(), "shapes that do not broadcast");
    }
  }
  for (const TensorMeta* operand : operands)
    if (operand->sizes == sizes && isDense(*operand))
      return {dtype, operand->sizes, operand->strides, operand->device};
  return rowMajor(dtype, std::move(sizes), operands.front()->device);
}

TensorMeta reducedMeta(const TensorMeta& operand, const std::vector<bool>& isReduced,
                       bool keepsDims) {
  std::vector<Size> sizes;
  for (std::size_t d = 0; d < operand.sizes.size(); ++d) {
    if (!isReduced[d])
      sizes.push_back(operand.sizes[d]);
    else if (keepsDims)
      sizes.emplace_back(1);
  }
  return rowMajor(operand.dtype, std::move(sizes), operand.device);
}

// PyTorch's computeStride (aten/src/ATen/TensorUtils.cpp): walk chunks of dimensions that lie
// contiguously in memory, innermost first; each chunk must be a product of new dimensions.
std::optional<std::vector<std::int64_t>> viewStrides(const TensorMeta& meta,
                                                     const std::vector<std::int64_t>& sizes) {
  const auto count =
      std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
  if (count != meta.numel()) return std::nullopt;
  if (count == 0 || meta.rank() == 0 || meta.isContiguous()) return ir::contiguousStrides(sizes);
  std::vector<std::int64_t> strides(sizes.size(), 1);
  std::size_t next = sizes.size();
  std::int64_t chunk = 1;
  std::int64_t viewed = 1;
  std::int64_t base = meta.strides.back().hint();
  for (std::size_t d = meta.sizes.size(); d-- > 0;) {
    chunk *= meta.sizes[d].hint();
    const bool endsChunk =
        d == 0 || (meta.sizes[d - 1].hint() != 1 && meta.strides[d - 1].hint() != chunk * base);
    if (!endsChunk) continue;
    while (next > 0 && (viewed < chunk || sizes[next - 1] == 1)) {
      --next;
      strides[next] = viewed * base;
      viewed *= sizes[next];
    }
    if (viewed != chunk) return std::nullopt;
    if (d == 0) break;
    base = meta.strides[d - 1].hint();
    chunk = 1;
    viewed = 1;
  }
  if (next != 0) return std::nullopt;
  return strides;
}

}  // namespace core::passes
