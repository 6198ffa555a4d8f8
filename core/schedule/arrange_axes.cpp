// Canonical axes: kernels that differ only in how a tensor's shape was written become equal, and
// inner loops get long.

#include "core/schedule/arrange_axes.h"

#include <algorithm>
#include <numeric>

namespace core::schedule {
namespace {

bool touchesMemory(const LoopOp& op) {
  return op.kind == LoopOpKind::Load || op.kind == LoopOpKind::Store ||
         op.kind == LoopOpKind::Accumulate;
}

class AxisArranger {
 public:
  explicit AxisArranger(LoopNest& nest) : m_nest(nest) {}

  void run() {
    collectAccesses();
    const std::size_t split = m_nest.outer.size();
    std::vector<std::size_t> order(split + m_nest.inner.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto middle = order.begin() + static_cast<std::ptrdiff_t>(split);
    const auto isOutside = [&](std::size_t a, std::size_t b) { return runsOutside(a, b); };
    sortStably(order.begin(), middle, isOutside);
    sortStably(middle, order.end(), isOutside);
    permute(order);
    mergeLevel(m_nest.inner, split);
    mergeLevel(m_nest.outer, 0);
  }

 private:
  std::int64_t size(std::size_t axis) const {
    return axis < m_nest.outer.size() ? m_nest.outer[axis]
                                      : m_nest.inner[axis - m_nest.outer.size()];
  }

  /// Positions that an access distinguishes.
  std::int64_t footprint(const Access& access) const {
    std::int64_t product = 1;
    for (std::size_t axis = 0; axis < access.strides.size(); ++axis)
      if (access.strides[axis] != 0) product *= size(axis);
    return product;
  }

  /// Stores first, then loads, the largest first.
  void collectAccesses() {
    for (LoopOp& op : m_nest.ops)
      if (touchesMemory(op)) m_accesses.push_back(&op);
    std::stable_sort(m_accesses.begin(), m_accesses.end(), [&](const LoopOp* a, const LoopOp* b) {
      const std::int64_t sizeA = footprint(a->access);
      const std::int64_t sizeB = footprint(b->access);
      if (sizeA != sizeB) return sizeA > sizeB;
      return a->kind == LoopOpKind::Store && b->kind != LoopOpKind::Store;
    });
  }

  /// The first access that walks both axes decides; then the one that walks either.
  bool runsOutside(std::size_t a, std::size_t b) const {
    for (const LoopOp* op : m_accesses) {
      const std::int64_t strideA = std::abs(op->access.strides[a]);
      const std::int64_t strideB = std::abs(op->access.strides[b]);
      if (strideA != 0 && strideB != 0 && strideA != strideB) return strideA > strideB;
    }
    return false;
  }

  /// Insertion sort: `isBefore` need not be transitive, and the result must not depend on how a
  /// library sorts.
  template <typename Iterator, typename IsBefore>
  static void sortStably(Iterator begin, Iterator end, IsBefore isBefore) {
    for (Iterator next = begin; next != end; ++next)
      for (Iterator place = next; place != begin && isBefore(*place, *(place - 1)); --place)
        std::iter_swap(place, place - 1);
  }

  void permute(const std::vector<std::size_t>& order) {
    std::vector<std::int64_t> sizes;
    std::vector<int> newPosition(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      sizes.push_back(size(order[i]));
      newPosition[order[i]] = static_cast<int>(i);
    }
    for (LoopOp& op : m_nest.ops) {
      if (op.kind == LoopOpKind::Index) op.axis = newPosition[static_cast<std::size_t>(op.axis)];
      if (!touchesMemory(op)) continue;
      std::vector<std::int64_t> strides;
      for (const std::size_t axis : order) strides.push_back(op.access.strides[axis]);
      op.access.strides = std::move(strides);
    }
    const auto split = sizes.begin() + static_cast<std::ptrdiff_t>(m_nest.outer.size());
    m_nest.inner.assign(split, sizes.end());
    m_nest.outer.assign(sizes.begin(), split);
  }

  bool canMerge(std::size_t axis) const {
    return std::all_of(m_nest.ops.begin(), m_nest.ops.end(), [&](const LoopOp& op) {
      if (op.kind == LoopOpKind::Index)
        return op.axis != static_cast<int>(axis) && op.axis != static_cast<int>(axis) + 1;
      return !touchesMemory(op) ||
             op.access.strides[axis] == op.access.strides[axis + 1] * size(axis + 1);
    });
  }

  /// Merges axes `first` + i and `first` + i + 1 of a level where all accesses allow it.
  void mergeLevel(std::vector<std::int64_t>& level, std::size_t first) {
    for (std::size_t i = level.size(); i-- > 1;) {
      const std::size_t axis = first + i - 1;
      if (!canMerge(axis)) continue;
      level[i - 1] *= level[i];
      level.erase(level.begin() + static_cast<std::ptrdiff_t>(i));
      for (LoopOp& op : m_nest.ops) {
        if (op.kind == LoopOpKind::Index && op.axis > static_cast<int>(axis)) --op.axis;
        if (touchesMemory(op))
          op.access.strides.erase(op.access.strides.begin() + static_cast<std::ptrdiff_t>(axis));
      }
    }
  }

  LoopNest& m_nest;
  std::vector<LoopOp*> m_accesses;
};

}  // namespace

void arrangeAxes(LoopNest& nest) {
  AxisArranger(nest).run();
}

}  // namespace core::schedule
