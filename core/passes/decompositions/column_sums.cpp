// Sums over rows, as the gradients of weights and biases are, in two stages: slots of so many rows
// each, then the slots. What makes the rows can then add a slot up beside, while it walks them
// (LoopOpKind::Accumulate), instead of another kernel reading everything again. The order of the
// summation is fixed by the shape, so the bits do not depend on the number of threads; and short
// partial sums are more exact.

#include <algorithm>
#include <array>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

constexpr std::int64_t kFewestColumns = 64;
constexpr std::int64_t kMostColumns = 16384;
constexpr std::int64_t kFewestRows = 256;
constexpr std::int64_t kFewestSlots = 16;
constexpr std::int64_t kFewestRowsOfSlot = 16;
constexpr std::int64_t kMostRowsOfSlot = 256;

/// Rows and columns of a sum over leading dimensions; no columns if it is none.
struct Shape {
  std::int64_t rows = 1;
  std::int64_t columns = 0;
};

Shape shapeOf(const ir::TensorMeta& x, const ir::Argument::List& dims) {
  const auto rank = static_cast<std::int64_t>(x.sizes.size());
  std::vector<bool> isReduced(x.sizes.size(), false);
  for (const ir::Argument& dim : dims) {
    if (!dim.integer()) return {};
    const std::int64_t position = *dim.integer() < 0 ? *dim.integer() + rank : *dim.integer();
    isReduced[static_cast<std::size_t>(position)] = true;
  }
  if (!std::is_sorted(isReduced.rbegin(), isReduced.rend())) return {};
  Shape shape{1, 1};
  for (std::size_t d = 0; d < isReduced.size(); ++d)
    (isReduced[d] ? shape.rows : shape.columns) *= x.sizes[d].hint();
  return shape;
}

/// The largest fitting divisor; 0 if none fits.
std::int64_t rowsOfSlot(std::int64_t rows) {
  for (std::int64_t part = std::min(kMostRowsOfSlot, rows / kFewestSlots);
       part >= kFewestRowsOfSlot; --part)
    if (rows % part == 0) return part;
  return 0;
}

bool sumsManyRows(const ir::Graph& graph, const ir::Node& node) {
  if (!isFloatTensor(graph, node) || node.args.size() < 2 || !node.args[1].isList()) return false;
  const ir::TensorMeta& x = *firstTensor(graph, node);
  const bool isPlain = x.isContiguous() && x.device.type == ir::DeviceType::Cpu &&
                       ir::dtypeBytes(x.dtype) >= 4 && node.tensor()->dtype == x.dtype;
  if (!isPlain || node.args[1].list().empty()) return false;
  const Shape shape = shapeOf(x, node.args[1].list());
  return shape.rows >= kFewestRows && shape.columns >= kFewestColumns &&
         shape.columns <= kMostColumns && rowsOfSlot(shape.rows) > 0;
}

void replaceSum(Replacement& r) {
  const Tensor x = r.tensor(0);
  const Shape shape = shapeOf(x.meta(), r.node().args[1].list());
  const std::int64_t part = rowsOfSlot(shape.rows);
  const Tensor slots = reshape(x, {shape.rows / part, part, shape.columns});
  r.result(sum(sum(slots, {1}, false), {0}, false));
}

constexpr std::array kRows{Decomposition{"aten.sum.dim_IntList", sumsManyRows, replaceSum}};

}  // namespace

std::span<const Decomposition> columnSumDecompositions() {
  return kRows;
}

}  // namespace core::passes
