#include "core/torch/empty_calls_torch.h"

#include <ATen/ATen.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu_backward_native.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu_native.h>
#include <ATen/ops/native_batch_norm_backward_native.h>
#include <torch/library.h>

#include <array>
#include <tuple>

namespace core::torch {
namespace {

using at::Tensor;
using OptionalTensor = std::optional<Tensor>;
using ThreeTensors = std::tuple<Tensor, Tensor, Tensor>;

ThreeTensors batchNormBackward(const Tensor& gradient, const Tensor& input,
                               const OptionalTensor& weight, const OptionalTensor& runningMean,
                               const OptionalTensor& runningVar, const OptionalTensor& savedMean,
                               const OptionalTensor& savedInverse, bool isTraining, double epsilon,
                               std::array<bool, 3> wanted) {
  if (input.numel() != 0)
    return at::native::batch_norm_backward_cpu(gradient, input, weight, runningMean, runningVar,
                                               savedMean, savedInverse, isTraining, epsilon,
                                               wanted);
  const auto sums = [&](bool isWanted) {
    if (!isWanted) return Tensor();
    return weight && weight->defined() ? at::zeros_like(*weight)
                                       : at::zeros({input.size(1)}, input.options());
  };
  return {wanted[0] ? at::empty_like(input) : Tensor(), sums(wanted[1]), sums(wanted[2])};
}

void requireKeys(const Tensor& query, const Tensor& key) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      query.numel() == 0 || key.size(2) != 0,
      "`aten._scaled_dot_product_flash_attention_for_cpu.default` has no keys to attend to: the "
      "length of the key is 0. Give at least one key.");
}

/// The memory of the fused kernel's result: (batch, length, heads, width), seen transposed.
Tensor byLength(const Tensor& like) {
  return at::zeros({like.size(0), like.size(2), like.size(1), like.size(3)}, like.options())
      .transpose(1, 2);
}

bool isEmpty(const Tensor& query, const Tensor& key) {
  return query.dim() == 4 && (query.numel() == 0 || key.numel() == 0);
}

std::tuple<Tensor, Tensor> attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                     double dropout, bool isCausal, const OptionalTensor& mask,
                                     std::optional<double> scale) {
  if (!isEmpty(query, key))
    return at::native::_scaled_dot_product_flash_attention_cpu(query, key, value, dropout, isCausal,
                                                               mask, scale);
  requireKeys(query, key);
  const auto type = query.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const Tensor logSumExp =
      at::empty({query.size(0), query.size(2), query.size(1)}, query.options().dtype(type));
  return {byLength(query), logSumExp.transpose(1, 2)};
}

ThreeTensors attentionBackward(const Tensor& gradient, const Tensor& query, const Tensor& key,
                               const Tensor& value, const Tensor& out, const Tensor& logSumExp,
                               double dropout, bool isCausal, const OptionalTensor& mask,
                               std::optional<double> scale) {
  if (!isEmpty(query, key))
    return at::native::_scaled_dot_product_flash_attention_cpu_backward(
        gradient, query, key, value, out, logSumExp, dropout, isCausal, mask, scale);
  requireKeys(query, key);
  return {byLength(query), byLength(key), byLength(value)};
}

/// LibTorch warns of every kernel that is replaced; these are meant to be.
class Silence final : public c10::WarningHandler {
 public:
  void process(const c10::Warning&) override {}
};

}  // namespace

void guardEmptyCalls() {
  static const ::torch::Library* const library = [] {
    Silence silence;
    const c10::WarningUtils::WarningHandlerGuard guard(&silence);
    // Never freed: LibTorch's dispatcher may be gone when this module's objects are destroyed.
    auto* made = new ::torch::Library(::torch::Library::IMPL, "aten", c10::DispatchKey::CPU,
                                      __FILE__, __LINE__);
    made->impl("native_batch_norm_backward", &batchNormBackward);
    made->impl("_scaled_dot_product_flash_attention_for_cpu", &attention);
    made->impl("_scaled_dot_product_flash_attention_for_cpu_backward", &attentionBackward);
    return made;
  }();
  static_cast<void>(library);
}

}  // namespace core::torch
