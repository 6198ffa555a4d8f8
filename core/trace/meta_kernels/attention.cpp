// The fused attention of the CPU, and its softmax under a mask.

#include "core/trace/meta_kernels/attention_cuda_torch.h"

namespace core::trace::meta {
namespace {

// Works on (batch, length, heads, width) inside and hands out transposed views of that.
Tensor byLength(const Tensor& tensor) {
  return sized({tensor.size(0), tensor.size(2), tensor.size(1), tensor.size(3)}, tensor)
      .transpose(1, 2);
}

TwoTensors flash(const Tensor& query, const Tensor&, const Tensor&, double, bool,
                 const OptionalTensor&, std::optional<double>) {
  const auto sumType = query.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const Tensor logSumExp =
      at::empty({query.size(0), query.size(2), query.size(1)}, query.options().dtype(sumType));
  return {at::empty_like(query), logSumExp.transpose(1, 2)};
}

ThreeTensors flashBackward(const Tensor&, const Tensor& query, const Tensor& key,
                           const Tensor& value, const Tensor&, const Tensor&, double, bool,
                           const OptionalTensor&, std::optional<double>) {
  return {byLength(query), byLength(key), byLength(value)};
}

}  // namespace

void addAttention(MetaLibrary& library) {
  library.add("_scaled_dot_product_flash_attention_for_cpu", &flash);
  library.add("_scaled_dot_product_flash_attention_for_cpu_backward", &flashBackward);
  addCudaAttention(library);
  library.addBoxed<likeArguments<0>>({"_masked_softmax"});
  library.addBoxed<contiguousLikeArguments<0>>({"_masked_softmax_backward"});
}

}  // namespace core::trace::meta
