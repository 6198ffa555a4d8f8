// Losses that are a function of the difference to the target, and their gradients.

#include <array>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

enum Reduction { kNone = 0, kMean = 1, kSum = 2 };

Tensor reduced(Tensor loss, int reduction) {
  if (reduction == kNone) return loss;
  std::vector<int> dims;
  for (int dim = 0; dim < loss.rank(); ++dim) dims.push_back(dim);
  return reduction == kMean ? mean(loss, dims, false) : sum(loss, dims, false);
}

/// What the mean makes of each element's gradient.
double share(int reduction, Tensor x) {
  return reduction == kMean ? 1.0 / static_cast<double>(x.meta().numel()) : 1.0;
}

void replaceMse(Replacement& r) {
  const Tensor d = r.tensor(0) - r.tensor(1);
  r.result(reduced(d * d, static_cast<int>(r.number(2, "reduction", kMean))));
}

void replaceMseBackward(Replacement& r) {
  const Tensor d = r.tensor(1) - r.tensor(2);
  const int reduction = static_cast<int>(r.number(3, "reduction", kMean));
  r.result(d * (2 * share(reduction, d)) * r.tensor(0));
}

/// 0.5 d^2 / beta near 0, |d| - beta / 2 beyond beta.
void replaceSmoothL1(Replacement& r) {
  const double beta = r.number(3, "beta", 1);
  const Tensor z = unary("abs", r.tensor(0) - r.tensor(1));
  Tensor loss = z - 0.5 * beta;
  if (beta > 0) loss = where(compare("lt", z, beta), z * z * (0.5 / beta), loss);
  r.result(reduced(loss, static_cast<int>(r.number(2, "reduction", kMean))));
}

void replaceSmoothL1Backward(Replacement& r) {
  const Tensor d = r.tensor(1) - r.tensor(2);
  const int reduction = static_cast<int>(r.number(3, "reduction", kMean));
  const double beta = r.number(4, "beta", 1);
  Tensor slope = unary("sign", d);
  if (beta > 0) slope = where(compare("lt", unary("abs", d), beta), d / beta, slope);
  r.result(slope * share(reduction, d) * r.tensor(0));
}

/// 0.5 d^2 near 0, delta * (|d| - delta / 2) beyond delta.
void replaceHuber(Replacement& r) {
  const double delta = r.number(3, "delta", 1);
  const Tensor z = unary("abs", r.tensor(0) - r.tensor(1));
  const Tensor loss = where(compare("lt", z, delta), z * z * 0.5, (z - 0.5 * delta) * delta);
  r.result(reduced(loss, static_cast<int>(r.number(2, "reduction", kMean))));
}

void replaceHuberBackward(Replacement& r) {
  const Tensor d = r.tensor(1) - r.tensor(2);
  const int reduction = static_cast<int>(r.number(3, "reduction", kMean));
  const double delta = r.number(4, "delta", 1);
  const Tensor slope = where(compare("lt", unary("abs", d), delta), d, unary("sign", d) * delta);
  r.result(slope * share(reduction, d) * r.tensor(0));
}

/// Both sides are floating-point tensors with elements (`first` and the one after it).
template <std::size_t first>
bool comparesFloats(const ir::Graph& graph, const ir::Node& node) {
  for (std::size_t i = first; i < first + 2; ++i) {
    if (i >= node.args.size() || !node.args[i].isNode()) return false;
    const ir::TensorMeta* meta = graph.node(node.args[i].node()).tensor();
    if (!meta || !ir::isFloatingPoint(meta->dtype) || meta->numel() == 0) return false;
    if (meta->dtype != node.tensor()->dtype) return false;
  }
  return true;
}

constexpr std::array kRows{
    Decomposition{"aten.mse_loss.default", comparesFloats<0>, replaceMse},
    Decomposition{"aten.mse_loss_backward.default", comparesFloats<1>, replaceMseBackward},
    Decomposition{"aten.smooth_l1_loss.default", comparesFloats<0>, replaceSmoothL1},
    Decomposition{"aten.smooth_l1_loss_backward.default", comparesFloats<1>,
                  replaceSmoothL1Backward},
    Decomposition{"aten.huber_loss.default", comparesFloats<0>, replaceHuber},
    Decomposition{"aten.huber_loss_backward.default", comparesFloats<1>, replaceHuberBackward},
};

}  // namespace

std::span<const Decomposition> distanceLossDecompositions() {
  return kRows;
}

}  // namespace core::passes
