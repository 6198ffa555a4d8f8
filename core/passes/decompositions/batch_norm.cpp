// Batch normalization per channel (dimension 1) and its gradient. In training, with n elements a
// channel, the statistics are those of the batch, and the running ones move by `momentum` towards
// them (the running variance towards the unbiased one):
//   y  = (x - mean) * rstd * weight + bias
//   dx = (grad - mean(grad) - (x - mean) * rstd^2 * mean(grad * (x - mean))) * rstd * weight
//   dweight = sum(grad * (x - mean)) * rstd,  dbias = sum(grad)
// In evaluation the statistics are constants: dx = grad * rstd * weight.

#include <array>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

std::vector<int> reducedDims(int rank) {
  std::vector<int> dims;
  for (int dim = 0; dim < rank; ++dim)
    if (dim != 1) dims.push_back(dim);
  return dims;
}

/// A vector of one value a channel, as [1, C, 1 ...].
Tensor perChannel(Tensor vector, int rank) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(rank), 1);
  sizes[1] = vector.size(0);
  return reshape(vector, sizes);
}

Tensor asVector(Tensor t) {
  return reshape(t, {t.size(1)});
}

struct Arguments {
  Tensor x;
  std::optional<Tensor> weight, bias, runningMean, runningVar;
  bool isTraining;
  double momentum;
  double eps;
};

Tensor affine(const Arguments& a, Tensor centred, Tensor rstd) {
  Tensor y = centred * rstd;
  if (a.weight) y = y * perChannel(*a.weight, a.x.rank());
  if (a.bias) y = y + perChannel(*a.bias, a.x.rank());
  return y;
}

/// The saved statistics of an evaluation are empty on the CPU.
void giveSavedStatistics(Replacement& r, Tensor average, Tensor rstd) {
  for (const auto& [index, value] : {std::pair{std::size_t{1}, average}, {std::size_t{2}, rstd}}) {
    const ir::TensorMeta* meta = r.resultMeta(index);
    if (!meta || !r.isUsed(index)) continue;
    if (meta->numel() > 0) {
      r.result(index, asVector(value));
      continue;
    }
    const ir::Device device = meta->device;
    r.result(index,
             r.rewriter().call("aten.full.default", {ir::Argument::List{std::int64_t{0}}, 0.0},
                               *meta, {{"dtype", meta->dtype}, {"device", device}}));
  }
}

void evaluate(Replacement& r, const Arguments& a) {
  const Tensor average = perChannel(*a.runningMean, a.x.rank());
  const Tensor rstd = unary("rsqrt", perChannel(*a.runningVar, a.x.rank()) + a.eps);
  r.result(0, affine(a, a.x - average, rstd));
  giveSavedStatistics(r, average, rstd);
}

void train(Replacement& r, const Arguments& a) {
  const std::vector<int> dims = reducedDims(a.x.rank());
  const Tensor average = mean(a.x, dims);
  const Tensor centred = a.x - average;
  const Tensor variance = mean(centred * centred, dims);
  const Tensor rstd = unary("rsqrt", variance + a.eps);
  r.result(0, affine(a, centred, rstd));
  giveSavedStatistics(r, average, rstd);
  const auto moved = [&](Tensor running, Tensor batch) {
    return batch * a.momentum + running * (1 - a.momentum);
  };
  if (r.isUsed(3)) r.result(3, moved(*a.runningMean, asVector(average)));
  if (!r.isUsed(4)) return;
  const double n = static_cast<double>(a.x.meta().numel()) / static_cast<double>(a.x.size(1));
  r.result(4, moved(*a.runningVar, asVector(variance) * (n / (n - 1))));
}

void giveUnchangedStatistics(Replacement& r, const Arguments& a) {
  if (r.isUsed(3)) r.result(3, *a.runningMean);
  if (r.isUsed(4)) r.result(4, *a.runningVar);
}

void replaceFunctional(Replacement& r) {
  const Arguments a{r.tensor(0),
                    r.optionalTensor(1),
                    r.optionalTensor(2),
                    r.optionalTensor(3),
                    r.optionalTensor(4),
                    r.flag(5, "training", false),
                    r.number(6, "momentum", 0.1),
                    r.number(7, "eps", 1e-5)};
  if (a.isTraining) {
    train(r, a);
  } else {
    evaluate(r, a);
    giveUnchangedStatistics(r, a);
  }
}

void replaceNoStats(Replacement& r) {
  train(r, {r.tensor(0),
            r.optionalTensor(1),
            r.optionalTensor(2),
            {},
            {},
            true,
            r.number(4, "momentum", 0.1),
            r.number(5, "eps", 1e-5)});
}

void replaceNoTraining(Replacement& r) {
  evaluate(r, {r.tensor(0), r.optionalTensor(1), r.optionalTensor(2), r.optionalTensor(3),
               r.optionalTensor(4), false, r.number(5, "momentum", 0.1), r.number(6, "eps", 1e-5)});
}

void replaceBackward(Replacement& r) {
  const Tensor grad = r.tensor(0);
  const Tensor x = r.tensor(1);
  const bool isTraining = r.flag(7, "train", true);
  const int rank = x.rank();
  const std::vector<int> dims = reducedDims(rank);
  const double n = static_cast<double>(x.meta().numel()) / static_cast<double>(x.size(1));
  const Tensor average = perChannel(r.tensor(isTraining ? 5 : 3), rank);
  const Tensor rstd =
      isTraining ? perChannel(r.tensor(6), rank)
                 : unary("rsqrt", perChannel(r.tensor(4), rank) + r.number(8, "eps", 1e-5));
  const Tensor centred = x - average;
  const Tensor gradSum = sum(grad, dims);
  const Tensor dot = sum(grad * centred, dims);
  if (r.isUsed(0)) {
    Tensor dx = grad;
    if (isTraining) dx = grad - gradSum / n - centred * (dot / n * rstd * rstd);
    dx = dx * rstd;
    if (const auto weight = r.optionalTensor(2)) dx = dx * perChannel(*weight, rank);
    r.result(0, dx);
  }
  if (r.isUsed(1)) r.result(1, asVector(dot * rstd));
  if (r.isUsed(2)) r.result(2, asVector(gradSum));
}

/// At least [N, C], and more than one element a channel where a variance is unbiased.
bool hasChannels(const ir::Graph& graph, const ir::Node& node) {
  if (!isFloatTensor(graph, node)) return false;
  const ir::TensorMeta& x = *firstTensor(graph, node);
  return x.rank() >= 2 && x.numel() > x.sizes[1].hint();
}

bool isTensorAt(const ir::Graph& graph, const ir::Node& node, std::size_t index) {
  return index < node.args.size() && node.args[index].isNode() &&
         graph.node(node.args[index].node()).tensor();
}

bool hasRunningStatistics(const ir::Graph& graph, const ir::Node& node) {
  return hasChannels(graph, node) && isTensorAt(graph, node, 3) && isTensorAt(graph, node, 4);
}

bool hasStatistics(const ir::Graph& graph, const ir::Node& node) {
  if (!hasChannels(graph, node) || node.args.size() < 8) return false;
  const bool isTraining = node.args[7].number().value_or(0) != 0;
  return isTensorAt(graph, node, isTraining ? 5 : 3) && isTensorAt(graph, node, isTraining ? 6 : 4);
}

constexpr std::array kRows{
    Decomposition{"aten._native_batch_norm_legit_functional.default", hasRunningStatistics,
                  replaceFunctional},
    Decomposition{"aten._native_batch_norm_legit.no_stats", hasChannels, replaceNoStats},
    Decomposition{"aten._native_batch_norm_legit_no_training.default", hasRunningStatistics,
                  replaceNoTraining},
    Decomposition{"aten.native_batch_norm_backward.default", hasStatistics, replaceBackward},
};

}  // namespace

std::span<const Decomposition> batchNormDecompositions() {
  return kRows;
}

}  // namespace core::passes
