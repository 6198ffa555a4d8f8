// Layer normalization over the last dimensions:
//   y = (x - mean) * rstd * weight + bias,   rstd = 1 / sqrt(var + eps)
// and its gradient, with xhat = (x - mean) * rstd and gw = grad * weight:
//   dx = rstd * (gw - mean(gw) - xhat * mean(gw * xhat)),  dweight = sum(grad * xhat),
//   dbias = sum(grad).
// The variance is the mean of centred squares, never E[x^2] - E[x]^2.

#include <array>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

/// The normalized dimensions: as many as `normalized_shape` has, from the back.
std::vector<int> normalizedDims(const Replacement& r, int rank, std::size_t argument) {
  std::vector<int> dims;
  const int count = static_cast<int>(r.integers(argument).size());
  for (int dim = rank - count; dim < rank; ++dim) dims.push_back(dim);
  return dims;
}

void replaceForward(Replacement& r) {
  const Tensor x = r.tensor(0);
  const std::vector<int> dims = normalizedDims(r, x.rank(), 1);
  const Tensor average = mean(x, dims);
  const Tensor centred = x - average;
  const Tensor variance = mean(centred * centred, dims);
  const Tensor rstd = unary("rsqrt", variance + r.number(4, "eps", 1e-5));
  Tensor y = centred * rstd;
  if (const auto weight = r.optionalTensor(2)) y = y * *weight;
  if (const auto bias = r.optionalTensor(3)) y = y + *bias;
  r.result(0, y);
  r.result(1, average);
  r.result(2, rstd);
}

void replaceBackward(Replacement& r) {
  const Tensor grad = r.tensor(0);
  const Tensor x = r.tensor(1);
  const std::vector<int> dims = normalizedDims(r, x.rank(), 2);
  const Tensor rstd = r.tensor(4);
  // Made anew for the sums over rows: those run over other loops, and making it again there costs
  // less than passing it through memory.
  const auto xhatAgain = [&] { return (x - r.tensor(3)) * rstd; };
  if (r.isUsed(0)) {
    const Tensor xhat = xhatAgain();
    const auto weight = r.optionalTensor(5);
    const Tensor weighted = weight ? grad * *weight : grad;
    const Tensor projection = xhat * mean(weighted * xhat, dims);
    r.result(0, rstd * (weighted - mean(weighted, dims) - projection));
  }
  std::vector<int> rows;
  for (int dim = 0; dim < x.rank() - static_cast<int>(dims.size()); ++dim) rows.push_back(dim);
  const auto overRows = [&](Tensor t) { return rows.empty() ? t : sum(t, rows, false); };
  if (r.isUsed(1)) r.result(1, overRows(grad * xhatAgain()));
  if (r.isUsed(2)) r.result(2, overRows(grad));
}

constexpr std::array kRows{
    Decomposition{"aten.native_layer_norm.default", isFloatTensor, replaceForward},
    Decomposition{"aten.native_layer_norm_backward.default", isFloatTensor, replaceBackward},
};

}  // namespace

std::span<const Decomposition> layerNormDecompositions() {
  return kRows;
}

}  // namespace core::passes
