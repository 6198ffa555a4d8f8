// Softmax and its logarithm, shifted by the largest value of the row so that exp cannot overflow.

#include <array>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

int dimOf(const Replacement& r, std::size_t index, int rank) {
  return r.dims(index, "dim", rank).front();
}

void replaceSoftmax(Replacement& r) {
  const Tensor x = r.tensor(0);
  const std::vector<int> dims{dimOf(r, 1, x.rank())};
  const Tensor e = unary("exp", x - amax(x, dims));
  r.result(e / sum(e, dims));
}

void replaceLogSoftmax(Replacement& r) {
  const Tensor x = r.tensor(0);
  const std::vector<int> dims{dimOf(r, 1, x.rank())};
  const Tensor shifted = x - amax(x, dims);
  r.result(shifted - unary("log", sum(unary("exp", shifted), dims)));
}

void replaceSoftmaxBackward(Replacement& r) {
  const Tensor grad = r.tensor(0);
  const Tensor y = r.tensor(1);
  const Tensor product = grad * y;
  r.result(product - y * sum(product, {dimOf(r, 2, y.rank())}));
}

void replaceLogSoftmaxBackward(Replacement& r) {
  const Tensor grad = r.tensor(0);
  const Tensor y = r.tensor(1);
  r.result(grad - unary("exp", y) * sum(grad, {dimOf(r, 2, y.rank())}));
}

constexpr std::array kRows{
    Decomposition{"aten._softmax.default", isFloatTensor, replaceSoftmax},
    Decomposition{"aten._log_softmax.default", isFloatTensor, replaceLogSoftmax},
    Decomposition{"aten._softmax_backward_data.default", isFloatTensor, replaceSoftmaxBackward},
    Decomposition{"aten._log_softmax_backward_data.default", isFloatTensor,
                  replaceLogSoftmaxBackward},
};

}  // namespace

std::span<const Decomposition> softmaxDecompositions() {
  return kRows;
}

}  // namespace core::passes
