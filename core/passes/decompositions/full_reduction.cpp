// Sums of everything, in two stages. One kernel that reduces a large tensor to one number cannot
// use several cores; rows of a few thousand elements can, and what is left is short. The order of
// the summation is fixed by the shape, so the bits do not depend on the number of threads. The
// first stage should still fuse with what computes the tensor: if that has a reduction of its own
// (a normalization, a softmax), the first stage runs over the same dimensions; else rows are
// products of trailing dimensions (times a divisor of the next one, if they are short).

#include <algorithm>
#include <array>
#include <set>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

constexpr std::int64_t kLargeTensor = 32768;
constexpr std::int64_t kShortestRow = 1024;
constexpr std::int64_t kLongestRow = 8192;
constexpr std::int64_t kFewestRows = 16;
constexpr std::size_t kNearestNodes = 64;

/// Elements of a row; 0 if no product of trailing dimensions is a fit.
std::int64_t rowLength(const ir::TensorMeta& meta) {
  std::int64_t row = 1;
  for (std::size_t d = meta.sizes.size(); d-- > 0;) {
    const std::int64_t size = meta.sizes[d].hint();
    if (row * size <= kLongestRow) {
      row *= size;
      continue;
    }
    if (row >= kShortestRow) break;
    for (std::int64_t part = kLongestRow / row; part > 0 && row * part >= kShortestRow; --part)
      if (size % part == 0) return row * part;
    break;
  }
  return row >= kShortestRow ? row : 0;
}

bool reducesEverything(const ir::Graph& graph, const ir::Node& node) {
  const ir::TensorMeta* x = firstTensor(graph, node);
  return x && node.tensor() && node.tensor()->numel() == 1 && x->numel() >= kLargeTensor &&
         x->isContiguous() && ir::isFloatingPoint(x->dtype) && rowLength(*x) > 0;
}

bool isReduction(const ir::Node& node) {
  return node.isCallTo("aten.sum.dim_IntList") || node.isCallTo("aten.mean.dim") ||
         node.isCallTo("aten.amax.default");
}

/// The dimensions that a reduction among the nearest nodes that `x` is computed from runs over, of
/// a tensor of x's sizes; empty if there is none, or if it leaves few rows.
std::vector<int> reducedBefore(Tensor x) {
  const GraphRewriter& graph = *x.rewriter;
  const std::vector<std::int64_t> sizes = x.meta().sizeHints();
  std::vector<ir::NodeId> queue{x.id};
  std::set<ir::NodeId> seen{x.id};
  for (std::size_t next = 0; next < queue.size() && next < kNearestNodes; ++next) {
    const ir::Node& node = graph.node(queue[next]);
    if (!node.isCall()) continue;
    ir::forEachInput(node, [&](ir::NodeId input) {
      const bool isTensor = graph.node(input).tensor() && graph.metaOf(input).rank() == x.rank();
      if (isTensor && seen.insert(input).second) queue.push_back(input);
    });
    if (!isReduction(node) || node.args.size() < 2 || !node.args[1].isList()) continue;
    if (graph.metaOf(node.args[0].node()).sizeHints() != sizes) continue;
    std::vector<int> dims;
    std::int64_t row = 1;
    for (const ir::Argument& dim : node.args[1].list()) {
      const auto position = static_cast<int>(*dim.integer());
      dims.push_back(position < 0 ? position + x.rank() : position);
      row *= sizes[static_cast<std::size_t>(dims.back())];
    }
    if (row > 1 && x.meta().numel() / row >= kFewestRows) return dims;
  }
  return {};
}

Tensor inTwoStages(Replacement& r, const char* target) {
  const Tensor x = r.tensor(0);
  if (const std::vector<int> dims = reducedBefore(x); !dims.empty()) {
    const Tensor parts = reduce(target, x, dims, false);
    return reduce(target, reshape(parts, {parts.meta().numel()}), {0}, false);
  }
  const std::int64_t row = rowLength(x.meta());
  const Tensor rows = reshape(x, {x.meta().numel() / row, row});
  return reduce(target, reduce(target, rows, {1}, false), {0}, false);
}

void replaceSum(Replacement& r) {
  r.result(inTwoStages(r, "aten.sum.dim_IntList"));
}

void replaceMean(Replacement& r) {
  const auto count = static_cast<double>(r.tensor(0).meta().numel());
  r.result(inTwoStages(r, "aten.sum.dim_IntList") / count);
}

constexpr std::array kRows{
    Decomposition{"aten.sum.default", reducesEverything, replaceSum},
    Decomposition{"aten.sum.dim_IntList", reducesEverything, replaceSum},
    Decomposition{"aten.mean.default", reducesEverything, replaceMean},
    Decomposition{"aten.mean.dim", reducesEverything, replaceMean},
};

}  // namespace

std::span<const Decomposition> fullReductionDecompositions() {
  return kRows;
}

}  // namespace core::passes
