// Variances, norms and other reductions that are formulas of plain ones.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

constexpr std::size_t kKeywordOnly = ~std::size_t{0};

struct Moments {
  Tensor average;  ///< reduced dimensions kept as size 1
  Tensor variance;
};

/// sum (x - mean)^2 / max(0, n - correction); `correction` is given by keyword.
Moments momentsOf(Replacement& r) {
  const Tensor x = r.tensor(0);
  const std::vector<int> dims = r.dims(1, "dim", x.rank());
  double n = 1;
  for (const int dim : dims) n *= static_cast<double>(x.size(dim));
  const double correction = r.number(kKeywordOnly, "correction", 1);
  const Tensor average = mean(x, dims);
  const Tensor centred = x - average;
  return {average, sum(centred * centred, dims) / std::max(0.0, n - correction)};
}

void replaceVar(Replacement& r) {
  r.result(momentsOf(r).variance);
}
void replaceStd(Replacement& r) {
  r.result(unary("sqrt", momentsOf(r).variance));
}

void replaceVarMean(Replacement& r) {
  const Moments moments = momentsOf(r);
  r.result(0, moments.variance);
  r.result(1, moments.average);
}
void replaceStdMean(Replacement& r) {
  const Moments moments = momentsOf(r);
  r.result(0, unary("sqrt", moments.variance));
  r.result(1, moments.average);
}

/// log sum exp, shifted by the largest value; an infinite one is not subtracted (inf - inf is NaN).
void replaceLogSumExp(Replacement& r) {
  const Tensor x = r.tensor(0);
  const std::vector<int> dims = r.dims(1, "dim", x.rank());
  const Tensor largest = amax(x, dims);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Tensor isInfinite = compare("eq", unary("abs", largest), kInfinity);
  const Tensor shift = where(isInfinite, scalar(x, 0, x.dtype()), largest);
  r.result(unary("log", sum(unary("exp", x - shift), dims)) + shift);
}

void replaceVectorNorm(Replacement& r) {
  const Tensor x = r.tensor(0);
  const double order = r.number(1, "ord", 2);
  const std::vector<int> dims = r.dims(2, "dim", x.rank());
  if (order == 2) return r.result(unary("sqrt", sum(x * x, dims)));
  const Tensor magnitude = unary("abs", x);
  if (order == 1) return r.result(sum(magnitude, dims));
  if (std::isinf(order))
    return r.result(
        reduce(order > 0 ? "aten.amax.default" : "aten.amin.default", magnitude, dims, true));
  const auto power = [&](Tensor t, double exponent) {
    return r.rewriter().pointwise("aten.pow.Tensor_Scalar", {t.id, exponent});
  };
  r.result(power(sum(power(magnitude, order), dims), 1 / order));
}

/// min(0, x) - log(1 + exp(-|x|)); the second result is exp(-|x|), which the gradient reads.
void replaceLogSigmoid(Replacement& r) {
  const Tensor x = r.tensor(0);
  const Tensor buffer = unary("exp", unary("neg", unary("abs", x)));
  const Tensor least = r.rewriter().pointwise("aten.clamp_max.default", {x.id, 0.0});
  r.result(0, least - unary("log1p", buffer));
  r.result(1, buffer);
}

/// The sum over |x|^0 counts elements; it has no use here.
bool hasPlainOrder(const ir::Graph& graph, const ir::Node& node) {
  const bool isZero = node.args.size() > 1 && node.args[1].number() == 0.0;
  return isFloatTensor(graph, node) && !isZero && node.tensor() &&
         node.tensor()->dtype == firstTensor(graph, node)->dtype;
}

constexpr std::array kRows{
    Decomposition{"aten.var.correction", isFloatTensor, replaceVar},
    Decomposition{"aten.std.correction", isFloatTensor, replaceStd},
    Decomposition{"aten.var_mean.correction", isFloatTensor, replaceVarMean},
    Decomposition{"aten.std_mean.correction", isFloatTensor, replaceStdMean},
    Decomposition{"aten.logsumexp.default", isFloatTensor, replaceLogSumExp},
    Decomposition{"aten.linalg_vector_norm.default", hasPlainOrder, replaceVectorNorm},
    Decomposition{"aten.log_sigmoid_forward.default", isFloatTensor, replaceLogSigmoid},
};

}  // namespace

std::span<const Decomposition> statisticsDecompositions() {
  return kRows;
}

}  // namespace core::passes
