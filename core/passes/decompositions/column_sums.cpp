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
constexpr std::int64_t kMostRowsOfSlot = 256;

/// What a device wants: slots for all its threads, and sums that fit beside a row.
struct Limits {
  std::int64_t mostColumns;
  std::int64_t fewestRows;
  std::int64_t fewestSlots, mostSlots;  ///< that may be asked for
  std::int64_t elementsOfSlots;         ///< sums of one row that keep all threads busy
  std::int64_t fewestRowsOfSlot;
};
constexpr Limits kCpu{16384, 256, 16, 16, 0, 16};
// From two blocks for each multiprocessor on.
constexpr Limits kGpu{4096, 2048, 256, 512, 1 << 20, 8};

const Limits& limitsOf(const ir::TensorMeta& x) {
  return x.device.type == ir::DeviceType::Cpu ? kCpu : kGpu;
}

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
std::int64_t rowsOfSlot(const Shape& shape, const Limits& limits) {
  const std::int64_t slots =
      std::clamp(limits.elementsOfSlots / shape.columns, limits.fewestSlots, limits.mostSlots);
  for (std::int64_t part = std::min(kMostRowsOfSlot, shape.rows / slots);
       part >= limits.fewestRowsOfSlot; --part)
    if (shape.rows % part == 0) return part;
  return 0;
}

bool sumsManyRows(const ir::Graph& graph, const ir::Node& node) {
  if (!isFloatTensor(graph, node) || node.args.size() < 2 || !node.args[1].isList()) return false;
  const ir::TensorMeta& x = *firstTensor(graph, node);
  const bool isWide = ir::dtypeBytes(x.dtype) >= 4 || x.device.type == ir::DeviceType::Cuda;
  const bool isPlain = x.isContiguous() && isWide && node.tensor()->dtype == x.dtype;
  if (!isPlain || node.args[1].list().empty()) return false;
  const Shape shape = shapeOf(x, node.args[1].list());
  const Limits& limits = limitsOf(x);
  return shape.rows >= limits.fewestRows && shape.columns >= kFewestColumns &&
         shape.columns <= limits.mostColumns && rowsOfSlot(shape, limits) > 0;
}

void replaceSum(Replacement& r) {
  const Tensor x = r.tensor(0);
  const Shape shape = shapeOf(x.meta(), r.node().args[1].list());
  const std::int64_t part = rowsOfSlot(shape, limitsOf(x.meta()));
  const Tensor slots = reshape(x, {shape.rows / part, part, shape.columns});
  r.result(sum(sum(slots, {1}, false), {0}, false));
}

constexpr std::array kRows{Decomposition{"aten.sum.dim_IntList", sumsManyRows, replaceSum}};

}  // namespace

std::span<const Decomposition> columnSumDecompositions() {
  return kRows;
}

}  // namespace core::passes
