// scaled_dot_product_attention chooses its kernel by device. A meta tensor gets the math path; what
// is traced is to run on the CPU or on a GPU, which have fused kernels.

#include <cmath>
#include <limits>

#include "core/trace/overrides/attention_choice_torch.h"
#include "core/trace/overrides/override_torch.h"
#include "core/trace/trace_target.h"

namespace core::trace::overrides {
namespace {

// Together with takesTensors: the conditions under which the CPU takes its flash kernel (ATen's
// use_flash_attention_cpp).
bool takesMask(const Tensor& mask, const Tensor& query, const Tensor& key) {
  if (!mask.defined()) return true;
  if (mask.requires_grad() || (mask.dim() != 2 && mask.dim() != 4)) return false;
  const auto broadcasts = [&](std::int64_t dim, std::int64_t size) {
    return mask.size(dim) == 1 || mask.size(dim) == size;
  };
  if (!broadcasts(-2, query.size(2)) || !broadcasts(-1, key.size(2))) return false;
  return mask.dim() == 2 || (broadcasts(0, query.size(0)) && broadcasts(1, query.size(1)));
}

/// Keys and values have the heads of the queries, or divide them into groups that share one.
bool takesHeads(const Tensor& query, const Tensor& key, const Tensor& value, bool groupsQueries) {
  if (key.size(1) != value.size(1)) return false;
  if (!groupsQueries) return query.size(1) == key.size(1);
  return key.size(1) > 0 && query.size(1) % key.size(1) == 0;
}

bool takesTensors(const Tensor& query, const Tensor& key, const Tensor& value, bool groupsQueries) {
  if (query.dim() != 4 || key.dim() != 4 || value.dim() != 4) return false;
  if (!at::isFloatingType(query.scalar_type()) || query.numel() == 0 || key.numel() == 0) {
    return false;
  }
  const bool sameBatch = query.size(0) == key.size(0) && query.size(0) == value.size(0);
  const bool sameWidth = query.size(3) == key.size(3) && query.size(3) == value.size(3);
  return sameBatch && sameWidth && takesHeads(query, key, value, groupsQueries) &&
         query.stride(3) == 1 && key.stride(3) == 1 && value.stride(3) == 1;
}

// Nought where a boolean mask lets through, minus infinity elsewhere.
Tensor additiveMask(const Tensor& mask, at::ScalarType dtype) {
  const Tensor blocked = at::scalar_tensor(-std::numeric_limits<double>::infinity(),
                                           at::TensorOptions().dtype(dtype).device(mask.device()));
  return at::where(mask, at::Scalar(0.0), blocked);
}

// A mask is read 16 bytes at a time, so its rows are padded and cut off again.
Tensor alignedMask(const Tensor& mask, const Tensor& query, const Tensor& key) {
  constexpr std::int64_t kAlignment = 16;
  const Sizes sizes{query.size(0), query.size(1), query.size(2), key.size(2)};
  const std::int64_t width = mask.size(-1);
  if (width % kAlignment == 0) return mask.expand(sizes);
  const std::int64_t padded = (width + kAlignment - 1) / kAlignment * kAlignment;
  return at::pad(mask, {0, padded - width}).slice(-1, 0, width).expand(sizes);
}

Tensor paddedWidth(const Tensor& tensor) {
  constexpr std::int64_t kAlignment = 8;
  const std::int64_t excess = tensor.size(-1) % kAlignment;
  return excess == 0 ? tensor : at::pad(tensor, {0, kAlignment - excess});
}

Tensor flashOnCuda(const AttentionCall& call, std::optional<double> scale) {
  const std::int64_t width = call.query.size(-1);
  const double factor = scale ? *scale : 1.0 / std::sqrt(static_cast<double>(width));
  const Tensor output = std::get<0>(at::_scaled_dot_product_flash_attention(
      paddedWidth(call.query), paddedWidth(call.key), paddedWidth(call.value), call.dropout,
      call.causal, /*return_debug_mask=*/false, factor));
  return output.size(-1) == width ? output : output.slice(-1, 0, width);
}

// The kernel that the device would take; undefined where the attention is spelled out.
Tensor fusedOnCuda(const AttentionCall& call, std::optional<double> scale, int capability) {
  const auto kernel = cudaAttentionKernel(call, capability);
  if (kernel == AttentionKernel::Math) return {};
  if (kernel == AttentionKernel::Flash) return flashOnCuda(call, scale);
  const bool learns =
      at::GradMode::is_enabled() &&
      (call.query.requires_grad() || call.key.requires_grad() || call.value.requires_grad());
  std::optional<Tensor> added;
  if (call.mask.defined())
    added = call.mask.scalar_type() == at::kBool ? additiveMask(call.mask, call.query.scalar_type())
                                                 : call.mask;
  if (kernel == AttentionKernel::Cudnn)
    return std::get<0>(at::_scaled_dot_product_cudnn_attention(
        call.query, call.key, call.value, added, learns, call.dropout, call.causal,
        /*return_debug_mask=*/false, scale));
  if (added) added = alignedMask(*added, call.query, call.key);
  return std::get<0>(at::_scaled_dot_product_efficient_attention(
      call.query, call.key, call.value, added, learns, call.dropout, call.causal, scale));
}

// (query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa)
bool overrideAttention(Stack* stack) {
  const auto arguments = ::torch::jit::last(*stack, 8);
  if (traceTarget().isCuda) {
    const AttentionCall call{arguments[0].toTensor(), arguments[1].toTensor(),
                             arguments[2].toTensor(), tensorOrNone(arguments[3]),
                             arguments[4].toDouble(), arguments[5].toBool(),
                             arguments[7].toBool()};
    const Tensor output =
        fusedOnCuda(call, arguments[6].toOptional<double>(), traceTarget().capability);
    if (!output.defined()) return false;
    ::torch::jit::drop(*stack, 8);
    stack->emplace_back(output);
    return true;
  }
  const Tensor query = arguments[0].toTensor(), key = arguments[1].toTensor(),
               value = arguments[2].toTensor(), mask = tensorOrNone(arguments[3]);
  const bool dropsOut = arguments[4].toDouble() != 0, causal = arguments[5].toBool(),
             groupsQueries = arguments[7].toBool();
  if (dropsOut || (causal && mask.defined())) return false;
  if (!takesTensors(query, key, value, groupsQueries) || !takesMask(mask, query, key)) return false;
  const auto scale = arguments[6].toOptional<double>();
  ::torch::jit::drop(*stack, 8);
  std::optional<Tensor> added;
  if (mask.defined()) {
    added = mask.scalar_type() == at::kBool ? additiveMask(mask, query.scalar_type()) : mask;
  }
  stack->emplace_back(std::get<0>(at::_scaled_dot_product_flash_attention_for_cpu(
      query, key, value, 0.0, causal, added, scale)));
  return true;
}

}  // namespace

void enterAttention(Table& table) {
  enter(table, "scaled_dot_product_attention", overrideAttention);
}

}  // namespace core::trace::overrides
