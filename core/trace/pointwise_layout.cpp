// A tensor of sizes [64, 1, 1, 64] or [64, 3, 1, 1] may be contiguous and channels_last at once. If
// all operands of a pointwise operator are so, LibTorch's TensorIterator gives a plain contiguous
// result, where PyTorch's Python shape functions sort the dimensions by the operands' strides and
// keep, say, [64, 1, 64, 64]. What follows depends on it: the memory format that a result suggests
// decides the layout of convolutions and gradients. So the result's strides are computed again
// here, with the same insertion sort (torch/_prims_common,
// compute_elementwise_output_logical_to_physical).

#include "core/trace/pointwise_layout.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

namespace core::trace {
namespace {

constexpr std::size_t kRank = 4;
using Strides = std::array<std::int64_t, kRank>;

// Pointwise, though PyTorch does not tag them so.
bool isUntaggedPointwise(const std::string& name) {
  static const std::unordered_set<std::string> names{
      "aten::elu_backward",      "aten::hardsigmoid_backward", "aten::hardswish_backward",
      "aten::hardtanh_backward", "aten::leaky_relu_backward",  "aten::mish_backward",
      "aten::softplus_backward",
  };
  return names.contains(name);
}

bool isPointwise(const c10::OperatorHandle& op) {
  return op.hasTag(at::Tag::pointwise) || isUntaggedPointwise(op.schema().name());
}

template <typename Visit>
void visitTensors(const c10::IValue& value, const Visit& visit) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) visit(value.toTensor());
  } else if (value.isList()) {
    for (const c10::IValue& element : value.toListRef()) visitTensors(element, visit);
  }
}

Strides fourStrides(at::IntArrayRef values) {
  Strides strides;
  std::copy(values.begin(), values.end(), strides.begin());
  return strides;
}

/// The strides of all operands, if each has the result's sizes and an ambiguous layout.
std::optional<std::vector<Strides>> ambiguousStrides(const std::vector<c10::IValue>& arguments,
                                                     const at::Tensor& result) {
  std::vector<Strides> strides;
  bool allAmbiguous = true;
  const auto note = [&](const at::Tensor& operand) {
    if (!operand.is_meta() || operand.dim() > static_cast<std::int64_t>(kRank)) return;
    const bool ambiguous = operand.sizes() == result.sizes() && operand.is_contiguous() &&
                           operand.is_contiguous(at::MemoryFormat::ChannelsLast);
    if (ambiguous) strides.push_back(fourStrides(operand.strides()));
    allAmbiguous = allAmbiguous && ambiguous;
  };
  for (const c10::IValue& argument : arguments) visitTensors(argument, note);
  if (!allAmbiguous || strides.empty()) return std::nullopt;
  return strides;
}

/// "a >= b" as PyTorch's guards see it, for which every multiple is at least as large.
bool isAtLeast(std::int64_t a, std::int64_t b) {
  if (b == 0) return true;
  return a != 0 && (a >= b || a % b == 0);
}

enum class Order { Keep, Swap, Unknown };

/// Whether dimension `a` should lie outside dimension `b`, by the first operand that can tell.
Order orderOf(const std::vector<Strides>& operands, at::IntArrayRef sizes, std::size_t a,
              std::size_t b) {
  for (const Strides& strides : operands) {
    if (strides[a] == 0 || strides[b] == 0) continue;
    if (strides[a] == strides[b]) {
      if (isAtLeast(sizes[b], sizes[a])) continue;
      return Order::Swap;
    }
    if (isAtLeast(strides[b], strides[a])) return Order::Keep;
    if (isAtLeast(strides[a], strides[b])) return Order::Swap;
  }
  return Order::Unknown;
}

/// Dimensions from the innermost to the outermost.
std::array<std::size_t, kRank> sortedDimensions(const std::vector<Strides>& operands,
                                                at::IntArrayRef sizes) {
  std::array<std::size_t, kRank> order{3, 2, 1, 0};
  for (std::size_t i = 1; i < kRank; ++i) {
    std::size_t moving = i;
    for (std::size_t j = i; j-- > 0;) {
      const Order decision = orderOf(operands, sizes, order[j], order[moving]);
      if (decision == Order::Keep) break;
      if (decision == Order::Unknown) continue;
      std::swap(order[j], order[moving]);
      moving = j;
    }
  }
  return order;
}

}  // namespace

void fixPointwiseLayout(const c10::OperatorHandle& op, const std::vector<c10::IValue>& arguments,
                        std::vector<c10::IValue>& results) {
  if (results.size() != 1 || !results[0].isTensor() || op.schema().is_mutable()) return;
  const at::Tensor& result = results[0].toTensor();
  if (!result.defined() || result.dim() != static_cast<std::int64_t>(kRank)) return;
  if (result.numel() == 0 || !isPointwise(op)) return;
  const auto operands = ambiguousStrides(arguments, result);
  if (!operands) return;

  Strides strides;
  std::int64_t stride = 1;
  for (const std::size_t dim : sortedDimensions(*operands, result.sizes())) {
    strides[dim] = stride;
    stride *= result.size(static_cast<std::int64_t>(dim));
  }
  const Strides current = fourStrides(result.strides());
  if (strides == current) return;
  result.unsafeGetTensorImpl()->set_sizes_and_strides(result.sizes(), strides);
}

}  // namespace core::trace
