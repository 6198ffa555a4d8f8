#include "core/run/checksum_torch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/torch/tensor_meta_torch.h"

namespace core::run {

std::optional<Checksum> checksumOf(const at::Tensor& tensor) {
  if (!tensor.defined()) return std::nullopt;
  const at::NoGradGuard noGrad;
  Checksum checksum;
  checksum.shape = tensor.sizes().vec();
  const auto dtype = torch::dtypeOf(tensor.scalar_type());
  TORCH_CHECK(dtype, "a tensor of type ", tensor.scalar_type(), " has no checksum");
  checksum.dtype = *dtype;
  const at::Tensor real = tensor.is_complex() ? at::view_as_real(tensor.resolve_conj()) : tensor;
  const at::Tensor flat = real.detach().cpu().to(at::kDouble).contiguous().view({-1});
  const double* values = flat.const_data_ptr<double>();
  const std::int64_t count = flat.numel();
  for (std::int64_t i = 0; i < count; ++i) {
    checksum.sum += values[i];
    checksum.absSum += std::abs(values[i]);
    checksum.squareSum += values[i] * values[i];
  }
  checksum.first8.assign(values, values + std::min<std::int64_t>(count, 8));
  return checksum;
}

}  // namespace core::run
