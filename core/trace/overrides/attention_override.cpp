// scaled_dot_product_attention chooses its kernel by device. A meta tensor gets the math path, the
// CPU its fused kernel; what is traced is to run on the CPU.

#include <limits>

#include "core/trace/overrides/override_torch.h"

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

bool takesTensors(const Tensor& query, const Tensor& key, const Tensor& value) {
  if (query.dim() != 4 || key.dim() != 4 || value.dim() != 4) return false;
  if (!at::isFloatingType(query.scalar_type()) || query.numel() == 0 || key.numel() == 0) {
    return false;
  }
  const bool sameHeads = query.size(0) == key.size(0) && query.size(1) == key.size(1) &&
                         query.size(0) == value.size(0) && query.size(1) == value.size(1);
  const bool sameWidth = query.size(3) == key.size(3) && query.size(3) == value.size(3);
  return sameHeads && sameWidth && query.stride(3) == 1 && key.stride(3) == 1 &&
         value.stride(3) == 1;
}

// Nought where a boolean mask lets through, minus infinity elsewhere.
Tensor additiveMask(const Tensor& mask, at::ScalarType dtype) {
  const Tensor blocked = at::scalar_tensor(-std::numeric_limits<double>::infinity(),
                                           at::TensorOptions().dtype(dtype).device(mask.device()));
  return at::where(mask, at::Scalar(0.0), blocked);
}

// (query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa)
bool overrideAttention(Stack* stack) {
  const auto arguments = ::torch::jit::last(*stack, 8);
  const Tensor query = arguments[0].toTensor(), key = arguments[1].toTensor(),
               value = arguments[2].toTensor(), mask = tensorOrNone(arguments[3]);
  const bool dropsOut = arguments[4].toDouble() != 0, causal = arguments[5].toBool(),
             groupsQueries = arguments[7].toBool();
  if (dropsOut || groupsQueries || (causal && mask.defined())) return false;
  if (!takesTensors(query, key, value) || !takesMask(mask, query, key)) return false;
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
