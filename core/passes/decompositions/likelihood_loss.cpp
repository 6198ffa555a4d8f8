// Negative log likelihood, with the classes in dimension 1:
//   loss[n] = -weight[t] * logp[n, t] where t = target[n] is not `ignore_index`, else 0
// reduced by the mean over the weights of what is not ignored, by the sum, or not at all. The
// gradient is written as a comparison of class numbers with targets, not as a scatter, so that it
// fuses with the softmax gradient that follows.

#include <array>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

using ir::DType;

enum Reduction { kNone = 0, kMean = 1, kSum = 2 };

/// Target, its mask and the class weights, with the class dimension kept as size 1.
struct Targets {
  Tensor classes;  ///< I64; 0 where ignored
  Tensor isValid;
};

Targets targetsOf(Tensor target, double ignoreIndex) {
  const auto ignored = static_cast<std::int64_t>(ignoreIndex);
  const Tensor classes = unsqueeze(toDType(target, DType::I64), 1);
  const Tensor isValid = compare("ne", classes, ignored);
  const Tensor zero = scalar(classes, 0, DType::I64);
  return {where(isValid, classes, zero), isValid};
}

Tensor asClassRow(Tensor weight, int rank) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(rank), 1);
  sizes[1] = weight.size(0);
  return reshape(weight, sizes);
}

Tensor gathered(Tensor from, Tensor classes) {
  ir::TensorMeta meta = ir::contiguousMeta(from.dtype(), classes.meta().sizeHints());
  meta.device = from.meta().device;
  return from.rewriter->call("aten.gather.default", {from.id, std::int64_t{1}, classes.id}, meta);
}

Tensor weightsOf(Tensor weight, const Targets& targets) {
  std::vector<std::int64_t> sizes = targets.classes.meta().sizeHints();
  const std::int64_t count = targets.classes.meta().numel();
  ir::TensorMeta meta = ir::contiguousMeta(weight.dtype(), {count}, weight.meta().device);
  const Tensor flat = reshape(targets.classes, {count});
  const Tensor picked = weight.rewriter->call("aten.index_select.default",
                                              {weight.id, std::int64_t{0}, flat.id}, meta);
  return reshape(picked, sizes);
}

Tensor sumOfAll(Tensor t) {
  std::vector<int> dims;
  for (int dim = 0; dim < t.rank(); ++dim) dims.push_back(dim);
  return sum(t, dims, false);
}

void replaceForward(Replacement& r) {
  const Tensor logp = r.tensor(0);
  const auto weight = r.optionalTensor(2);
  const int reduction = static_cast<int>(r.number(3, "reduction", kMean));
  const Targets targets = targetsOf(r.rawTensor(1), r.number(4, "ignore_index", -100));
  const Tensor zero = scalar(logp, 0, logp.dtype());
  Tensor loss = unary("neg", gathered(logp, targets.classes));
  Tensor share = toDType(targets.isValid, logp.dtype());
  if (weight) {
    const Tensor weights = weightsOf(*weight, targets);
    loss = loss * weights;
    share = where(targets.isValid, weights, zero);
  }
  loss = where(targets.isValid, loss, zero);
  if (reduction == kNone) {
    r.result(0, loss);
    if (r.isUsed(1)) r.result(1, scalar(logp, 0, logp.dtype()));
    return;
  }
  const Tensor total = sumOfAll(share);
  r.result(0, reduction == kMean ? sumOfAll(loss) / total : sumOfAll(loss));
  r.result(1, total);
}

void replaceBackward(Replacement& r) {
  const Tensor logp = r.tensor(1);
  const int reduction = static_cast<int>(r.number(4, "reduction", kMean));
  const Targets targets = targetsOf(r.rawTensor(2), r.number(5, "ignore_index", -100));
  Tensor slope = unary("neg", r.tensor(0));
  if (reduction == kMean) slope = slope / r.tensor(6);
  if (reduction == kNone) slope = unsqueeze(slope, 1);
  if (const auto weight = r.optionalTensor(3)) slope = slope * asClassRow(*weight, logp.rank());
  const ir::Device device = logp.meta().device;
  const Tensor numbers = logp.rewriter->call("aten.arange.default", {logp.size(1)},
                                             ir::contiguousMeta(DType::I64, {logp.size(1)}, device),
                                             {{"dtype", DType::I64}, {"device", device}});
  GraphRewriter& rewriter = r.rewriter();
  const Tensor isTarget = rewriter.pointwise(
      "aten.eq.Tensor", {asClassRow(numbers, logp.rank()).id, targets.classes.id}, DType::Bool);
  const Tensor isHit = rewriter.pointwise("aten.logical_and.default",
                                          {isTarget.id, targets.isValid.id}, DType::Bool);
  r.result(where(isHit, slope, scalar(logp, 0, logp.dtype())));
}

bool isTensorOfRank(const ir::Graph& graph, const ir::Node& node, std::size_t index, int atLeast) {
  if (index >= node.args.size() || !node.args[index].isNode()) return false;
  const ir::TensorMeta* meta = graph.node(node.args[index].node()).tensor();
  return meta && meta->rank() >= atLeast && meta->numel() > 0;
}

bool hasForwardBatch(const ir::Graph& graph, const ir::Node& node) {
  return isFloatTensor(graph, node) && isTensorOfRank(graph, node, 0, 2) &&
         isTensorOfRank(graph, node, 1, 1);
}

bool hasBackwardBatch(const ir::Graph& graph, const ir::Node& node) {
  return isTensorOfRank(graph, node, 1, 2) && isTensorOfRank(graph, node, 2, 1) && node.tensor() &&
         ir::isFloatingPoint(node.tensor()->dtype);
}

constexpr std::array kRows{
    Decomposition{"aten.nll_loss_forward.default", hasForwardBatch, replaceForward},
    Decomposition{"aten.nll_loss2d_forward.default", hasForwardBatch, replaceForward},
    Decomposition{"aten.nll_loss_backward.default", hasBackwardBatch, replaceBackward},
    Decomposition{"aten.nll_loss2d_backward.default", hasBackwardBatch, replaceBackward},
};

}  // namespace

std::span<const Decomposition> likelihoodLossDecompositions() {
  return kRows;
}

}  // namespace core::passes
