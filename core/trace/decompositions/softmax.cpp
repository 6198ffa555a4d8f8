// Softmax and log-softmax backward, the softmax of rows that may be all -inf, and logsumexp.

#include <limits>

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

/// The gradient is computed in `grad`'s type and given in the input's.
Tensor inInputType(const Tensor& grad, const Tensor& result, ScalarType inputType) {
  return grad.scalar_type() == inputType ? result : result.to(inputType);
}

Tensor softmaxGradient(Tensor grad, Tensor output, std::int64_t dim, ScalarType inputType) {
  const Opmath cast({&grad, &output});
  const Tensor weighted = grad * output;
  const Tensor sum = at::sum(weighted, {dim}, true);
  const Tensor result = weighted - output * sum;
  return inInputType(grad, result, inputType).contiguous();
}

Tensor logSoftmaxGradient(Tensor grad, Tensor output, std::int64_t dim, ScalarType inputType) {
  const Opmath cast({&grad, &output});
  const Tensor probability = at::exp(output);
  const Tensor share = probability * at::sum(grad, {dim}, true);
  return inInputType(grad, grad - share, inputType);
}

Tensor safeSoftmax(const Tensor& self, std::int64_t dim, std::optional<ScalarType> dtype) {
  const Tensor out = at::softmax(self, dim, dtype);
  const Tensor masked = at::eq(self, -std::numeric_limits<double>::infinity());
  const Tensor isMaskedRow = at::all(masked, dim, true);
  const Tensor zeros = at::zeros_like(out);
  return at::where(isMaskedRow, zeros, out);
}

Tensor logSumExp(Tensor self, const Sizes& dims, bool keep) {
  const Opmath cast({&self}, Promotion::IntegersToFloat);
  if (self.numel() == 0) return cast.back(at::log(at::sum(at::exp(self), dims, keep)));
  Tensor largest = at::amax(self, dims, true);
  const Tensor isInfinite = at::eq(at::abs(largest), std::numeric_limits<double>::infinity());
  largest = at::masked_fill(largest, isInfinite, Scalar(std::int64_t{0}));
  const Tensor added = keep ? largest : at::squeeze(largest, dims);
  const Tensor sum = at::sum(at::exp(self - largest), dims, keep);
  return cast.back(at::log(sum) + added);
}

}  // namespace

void enterSoftmax(Table& table) {
  enter<softmaxGradient>(table, {"_softmax_backward_data"});
  enter<logSoftmaxGradient>(table, {"_log_softmax_backward_data"});
  enter<safeSoftmax>(table, {"_safe_softmax"});
  enter<logSumExp>(table, {"logsumexp"});
}

}  // namespace core::trace::decompositions
