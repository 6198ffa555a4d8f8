// The fused attention kernels of CUDA. Layouts follow PyTorch's own shape functions for them.

#include "core/trace/meta_kernels/attention_cuda_torch.h"

#include <algorithm>
#include <numeric>

namespace core::trace::meta {
namespace {

using Scale = std::optional<double>;
using NineResults =
    std::tuple<Tensor, Tensor, Tensor, Tensor, SymInt, SymInt, Tensor, Tensor, Tensor>;

constexpr std::int64_t kLogSumAlignment = 32;
constexpr std::int64_t kBiasAlignment = 16;

Tensor floats(at::IntArrayRef sizes, const Tensor& like) {
  return at::empty(sizes, like.options().dtype(at::kFloat));
}

Tensor counter(const Tensor& like) {
  return at::empty({}, like.options().dtype(at::kLong));
}

/// Of these sizes, the dimensions in the order of `query`'s strides.
Tensor laidOutAs(const Tensor& query, const Sizes& sizes) {
  if (query.sizes() == at::IntArrayRef(sizes)) return at::empty_like(query);
  std::vector<std::int64_t> order(sizes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return query.stride(a) > query.stride(b);
  });
  Sizes permuted;
  for (const std::int64_t dim : order) permuted.push_back(sizes[static_cast<std::size_t>(dim)]);
  Sizes back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    back[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  return sized(permuted, query).permute(back);
}

/// (batch, heads, length, width) in memory by length, then heads.
Tensor byLength(std::int64_t length, std::int64_t width, const Tensor& like) {
  return sized({like.size(0), length, like.size(1), width}, like).transpose(1, 2);
}

NineResults flash(const Tensor& query, const Tensor& key, const Tensor&, double, bool, bool,
                  Scale) {
  const auto random = query.options().dtype(at::kUInt64);
  return {at::empty_like(query),
          floats({query.size(0), query.size(1), query.size(2)}, query),
          Tensor(),
          Tensor(),
          query.size(2),
          key.size(2),
          at::empty({2}, random),
          at::empty({}, random),
          sized({0}, query)};
}

ThreeTensors likeOperands(const Tensor& query, const Tensor& key, const Tensor& value) {
  return {at::empty_like(query), at::empty_like(key), at::empty_like(value)};
}

ThreeTensors flashBackward(const Tensor&, const Tensor& query, const Tensor& key,
                           const Tensor& value, const Tensor&, const Tensor&, const Tensor&,
                           const Tensor&, SymInt, SymInt, double, bool, const Tensor&,
                           const Tensor&, Scale) {
  return likeOperands(query, key, value);
}

NineResults cudnn(const Tensor& query, const Tensor& key, const Tensor& value,
                  const OptionalTensor&, bool, double, bool, bool, Scale) {
  const Sizes sizes{query.size(0), query.size(1), query.size(2), value.size(3)};
  return {laidOutAs(query, sizes),
          floats({query.size(0), query.size(1), query.size(2), 1}, query),
          Tensor(),
          Tensor(),
          query.size(2),
          key.size(2),
          counter(query),
          counter(query),
          Tensor()};
}

ThreeTensors cudnnBackward(const Tensor&, const Tensor& query, const Tensor& key,
                           const Tensor& value, const Tensor&, const Tensor&, const Tensor&,
                           const Tensor&, const Tensor&, const Tensor&, const Tensor&, SymInt,
                           SymInt, double, bool, Scale) {
  return likeOperands(query, key, value);
}

FourTensors efficient(const Tensor& query, const Tensor&, const Tensor& value,
                      const OptionalTensor&, bool withLogSum, double, bool, Scale) {
  const std::int64_t length = query.size(2);
  const std::int64_t rounded =
      (length + kLogSumAlignment - 1) / kLogSumAlignment * kLogSumAlignment;
  return {byLength(length, value.size(3), query),
          floats({query.size(0), query.size(1), withLogSum ? rounded : 0}, query), counter(query),
          counter(query)};
}

FourTensors efficientBackward(const Tensor&, const Tensor& query, const Tensor& key,
                              const Tensor& value, const Tensor& bias, const Tensor&, const Tensor&,
                              const Tensor&, const Tensor&, double, std::array<bool, 4> mask, bool,
                              Scale) {
  Tensor biasGradient;
  if (bias.defined() && mask[3]) {
    Sizes sizes = bias.sizes().vec();
    const std::int64_t width = sizes.back();
    sizes.back() = (width + kBiasAlignment - 1) / kBiasAlignment * kBiasAlignment;
    biasGradient = sized(sizes, bias).narrow(-1, 0, width);
  }
  return {byLength(query.size(2), query.size(3), query), byLength(key.size(2), key.size(3), key),
          byLength(value.size(2), value.size(3), value), biasGradient};
}

}  // namespace

void addCudaAttention(MetaLibrary& library) {
  library.add("_scaled_dot_product_flash_attention", &flash);
  library.add("_scaled_dot_product_flash_attention_backward", &flashBackward);
  library.add("_scaled_dot_product_cudnn_attention", &cudnn);
  library.add("_scaled_dot_product_cudnn_attention_backward", &cudnnBackward);
  library.add("_scaled_dot_product_efficient_attention", &efficient);
  library.add("_scaled_dot_product_efficient_attention_backward", &efficientBackward);
}

}  // namespace core::trace::meta
