// Sums of everything, in two stages. One kernel that reduces a large tensor to one number cannot
// use several cores; rows of a few thousand elements can, and what is left is short. The order of
// the summation is fixed by the shape, so the bits do not depend on the number of threads. Rows are
// products of trailing dimensions (times a divisor of the next one), so that the first stage still
// fuses with what computes the tensor.

#include <array>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

constexpr std::int64_t kLargeTensor = 32768;
constexpr std::int64_t kShortestRow = 1024;
constexpr std::int64_t kLongestRow = 8192;

/// Elements of a row; 0 if no product of trailing dimensions is a fit.
std::int64_t rowLength(const ir::TensorMeta& meta) {
  std::int64_t row = 1;
  for (std::size_t d = meta.sizes.size(); d-- > 0;) {
    const std::int64_t size = meta.sizes[d].hint();
    if (row * size <= kLongestRow) {
      row *= size;
      continue;
    }
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

Tensor inTwoStages(Replacement& r, const char* target) {
  const Tensor x = r.tensor(0);
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
