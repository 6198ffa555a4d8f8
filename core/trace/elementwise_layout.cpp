// A dimension of length 1 may have any stride, and a tensor of sizes [64, 1, 1, 64] is contiguous
// and channels_last at once. Where the operands' layout is ambiguous in such a way, LibTorch's
// TensorIterator takes a short cut (a contiguous result, or the first operand's strides as they
// are), while PyTorch's Python shape functions sort the dimensions by the operands' strides. What
// follows depends on it: the memory format that a result suggests decides the layout of
// convolutions and gradients, and strides stand in the graph. This is Python's insertion sort.

#include "core/trace/elementwise_layout.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace core::trace {
namespace {

enum class Order { Keep, Swap, Unknown };

/// Dimensions from the outermost to the innermost.
using Dimensions = std::vector<std::size_t>;

/// Whether memory is filled densely when the dimensions lie in this order.
bool isDense(const Extents& sizes, const Extents& strides, const Dimensions& order) {
  std::int64_t expected = 1;
  for (auto dim = order.rbegin(); dim != order.rend(); ++dim) {
    if (sizes[*dim] == 1) continue;
    if (strides[*dim] != expected) return false;
    expected *= sizes[*dim];
  }
  return true;
}

bool areDense(const Extents& sizes, const std::vector<Extents>& operands, const Dimensions& order) {
  return std::all_of(operands.begin(), operands.end(),
                     [&](const Extents& strides) { return isDense(sizes, strides, order); });
}

/// Whether dimension `a` should stay inside dimension `b`, by the first operand that can tell.
Order orderOf(const Extents& sizes, const std::vector<Extents>& operands, std::size_t a,
              std::size_t b) {
  for (const Extents& strides : operands) {
    if (strides[a] == 0 || strides[b] == 0) continue;
    if (strides[a] < strides[b]) return Order::Keep;
    if (strides[a] > strides[b] || sizes[a] > sizes[b]) return Order::Swap;
  }
  return Order::Unknown;
}

Dimensions sortedDimensions(const Extents& sizes, const std::vector<Extents>& operands) {
  Dimensions inward(sizes.size());
  std::iota(inward.rbegin(), inward.rend(), 0);
  for (std::size_t i = 1; i < inward.size(); ++i) {
    std::size_t moving = i;
    for (std::size_t j = i; j-- > 0;) {
      const Order order = orderOf(sizes, operands, inward[j], inward[moving]);
      if (order == Order::Keep) break;
      if (order == Order::Unknown) continue;
      std::swap(inward[j], inward[moving]);
      moving = j;
    }
  }
  std::reverse(inward.begin(), inward.end());
  return inward;
}

Dimensions resultOrder(const Extents& sizes, const std::vector<Extents>& operands) {
  Dimensions inOrder(sizes.size());
  std::iota(inOrder.begin(), inOrder.end(), 0);
  if (sizes.size() < 2) return inOrder;
  const Dimensions channelsLast{0, 2, 3, 1};
  const bool isContiguous = areDense(sizes, operands, inOrder);
  const bool isChannelsLast =
      sizes.size() == channelsLast.size() && areDense(sizes, operands, channelsLast);
  if (isContiguous && !isChannelsLast) return inOrder;
  if (isChannelsLast && !isContiguous) return channelsLast;
  return sortedDimensions(sizes, operands);
}

}  // namespace

Extents expandedStrides(const Extents& sizes, const Extents& strides, const Extents& shape) {
  const std::size_t added = shape.size() - sizes.size();
  Extents result(shape.size(), 0);
  for (std::size_t dim = 0; dim < shape.size(); ++dim) {
    if (dim >= added) {
      if (sizes[dim - added] == shape[dim]) result[dim] = strides[dim - added];
    } else if (shape[dim] == 1) {
      result[dim] = sizes.empty() ? 1 : strides.front() * sizes.front();
    }
  }
  return result;
}

Extents elementwiseStrides(const Extents& sizes, const std::vector<Extents>& operands) {
  Extents strides(sizes.size());
  std::int64_t stride = 1;
  const Dimensions order = resultOrder(sizes, operands);
  for (auto dim = order.rbegin(); dim != order.rend(); ++dim) {
    strides[*dim] = stride;
    stride *= std::max<std::int64_t>(sizes[*dim], 1);
  }
  return strides;
}

}  // namespace core::trace
