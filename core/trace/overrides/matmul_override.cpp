// matmul, as PyTorch's Python writes it: nearly the C++ composite, but the choice between one large
// product and a batch of small ones falls differently, and the reshapes around it are other nodes.

#include <ATen/ExpandUtils.h>

#include <functional>
#include <numeric>

#include "core/trace/overrides/override_torch.h"

namespace core::trace::overrides {
namespace {

std::int64_t product(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

bool isRowMajor(const Tensor& tensor) {
  std::int64_t expected = 1;
  for (std::int64_t dim = tensor.dim() - 1; dim >= 0; --dim) {
    if (tensor.size(dim) != 1 && tensor.stride(dim) != expected) return false;
    expected *= tensor.size(dim);
  }
  return true;
}

// Whether a batch times at most a matrix becomes one product over the flattened batch. It saves
// memory in the backward when the smaller operand wants a gradient.
bool shouldFold(const Tensor& left, const Tensor& right) {
  const Tensor& larger = left.dim() >= right.dim() ? left : right;
  const Tensor& smaller = left.dim() >= right.dim() ? right : left;
  if (larger.dim() < 3 || smaller.dim() > 2) return false;
  if (smaller.requires_grad()) return true;
  if (left.dim() == 2) return false;
  return larger.numel() == 0 || isRowMajor(larger);
}

Tensor foldedMatmul(const Tensor& left, const Tensor& right) {
  // A small left operand is handled as the transpose of the other case.
  const bool transpose = right.dim() > left.dim();
  const Tensor larger = transpose ? right.mT() : left;
  const Tensor smaller = !transpose ? right : (left.dim() == 2 ? left.t() : left);
  Sizes sizes(larger.sizes().begin(), larger.sizes().end() - 1);
  const Tensor folded = larger.reshape({product(sizes), larger.size(-1)});
  if (smaller.dim() == 1) return at::_unsafe_view(at::mv(folded, smaller), sizes);
  sizes.push_back(smaller.size(1));
  const Tensor result = at::_unsafe_view(at::mm(folded, smaller), sizes);
  return transpose ? result.mT().contiguous() : result;
}

Sizes joined(Sizes batch, std::initializer_list<std::int64_t> last) {
  batch.insert(batch.end(), last);
  return batch;
}

Tensor batchedMatmul(const Tensor& left, const Tensor& right) {
  const std::int64_t rows = left.dim() > 1 ? left.size(-2) : 1;
  const std::int64_t inner = left.size(-1);
  const std::int64_t rightInner = right.dim() > 1 ? right.size(-2) : right.size(-1);
  const std::int64_t columns = right.dim() > 1 ? right.size(-1) : 1;
  const auto batchOf = [](const Tensor& t) {
    return t.sizes().slice(0, t.dim() > 2 ? t.dim() - 2 : 0);
  };
  const Sizes batch = at::infer_size(batchOf(left), batchOf(right));
  const std::int64_t count = product(batch);

  const Tensor x = left.expand(joined(batch, {rows, inner})).reshape({count, rows, inner});
  Sizes resultSizes = batch;
  if (left.dim() > 1) resultSizes.push_back(rows);
  if (right.dim() == 1) {
    const Tensor y =
        right.expand(joined(batch, {rightInner})).reshape({count, rightInner}).unsqueeze(2);
    return at::bmm(x, y).squeeze(-1).view(resultSizes);
  }
  const Tensor y =
      right.expand(joined(batch, {rightInner, columns})).reshape({count, rightInner, columns});
  resultSizes.push_back(columns);
  return at::bmm(x, y).view(resultSizes);
}

// The 3-d operand whose batch of 1 would be expanded although it wants a gradient, as a matrix.
Tensor withoutBatchOfOne(const Tensor& operand, const Tensor& other) {
  const bool squeeze = operand.dim() == 3 && other.dim() == 3 && operand.size(0) == 1 &&
                       other.size(0) != 1 && operand.requires_grad();
  return squeeze ? operand.squeeze(0) : operand;
}

Tensor matrixProduct(const Tensor& left, const Tensor& right) {
  const std::int64_t leftDim = left.dim(), rightDim = right.dim();
  TORCH_CHECK(leftDim > 0 && rightDim > 0, "both arguments to matmul need to be at least 1D");
  if (leftDim == 1 && rightDim == 1) return at::dot(left, right);
  if (leftDim == 2 && rightDim == 1) return at::mv(left, right);
  if (leftDim == 1 && rightDim == 2) return at::squeeze(at::mm(at::unsqueeze(left, 0), right), 0);
  if (leftDim == 2 && rightDim == 2) return at::mm(left, right);
  if (shouldFold(left, right)) return foldedMatmul(left, right);
  const Tensor x = withoutBatchOfOne(left, right);
  const Tensor y = withoutBatchOfOne(right, left);
  return x.dim() == leftDim && y.dim() == rightDim ? batchedMatmul(left, right)
                                                   : matrixProduct(x, y);
}

bool overrideMatmul(Stack* stack) {
  const auto arguments = take(stack, 2);
  stack->emplace_back(matrixProduct(arguments[0].toTensor(), arguments[1].toTensor()));
  return true;
}

}  // namespace

void enterMatmul(Table& table) {
  enter(table, "matmul", overrideMatmul);
}

}  // namespace core::trace::overrides
