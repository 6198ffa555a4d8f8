// Two axes are one if every access steps over the second exactly when it steps over the first's
// element: stride(first) = stride(second) * size(second). Joined axes make longer rows, fewer loops
// and less index arithmetic.
//
// The vector axis is chosen by a cost per element: accesses that are contiguous or broadcast along
// it are cheap, strided ones cost an instruction a lane, short axes waste lanes, and a reduction
// along the lanes must fold them at the end of each row. Points of the domain are independent up to
// the order of reduction, so any outer axis may be moved last among the outer ones, and any inner
// axis last among the inner ones.

#include "core/codegen/simplify_nest.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/codegen/op_cost.h"

namespace core::codegen {
namespace {

using schedule::Access;
using schedule::LoopNest;
using schedule::LoopOp;
using schedule::LoopOpKind;

constexpr int kLanes = 16;

bool touchesMemory(const LoopOp& op) {
  return op.kind == LoopOpKind::Load || op.kind == LoopOpKind::Store ||
         op.kind == LoopOpKind::Accumulate;
}

int axisCount(const LoopNest& nest) {
  return static_cast<int>(nest.outer.size() + nest.inner.size());
}

std::int64_t& sizeOf(LoopNest& nest, int axis) {
  const int outer = static_cast<int>(nest.outer.size());
  return axis < outer ? nest.outer[static_cast<std::size_t>(axis)]
                      : nest.inner[static_cast<std::size_t>(axis - outer)];
}

bool hasReduction(const LoopNest& nest) {
  return std::any_of(nest.ops.begin(), nest.ops.end(),
                     [](const LoopOp& op) { return op.kind == LoopOpKind::Reduce; });
}

bool accumulates(const LoopNest& nest) {
  return std::any_of(nest.ops.begin(), nest.ops.end(),
                     [](const LoopOp& op) { return op.kind == LoopOpKind::Accumulate; });
}

void eraseAxis(LoopNest& nest, int axis) {
  const int outer = static_cast<int>(nest.outer.size());
  if (axis < outer)
    nest.outer.erase(nest.outer.begin() + axis);
  else
    nest.inner.erase(nest.inner.begin() + (axis - outer));
  for (LoopOp& op : nest.ops) {
    if (touchesMemory(op)) op.access.strides.erase(op.access.strides.begin() + axis);
    if (op.kind == LoopOpKind::Index && op.axis > axis) --op.axis;
  }
}

/// Along an axis of size 1 the position is 0.
void dropSingleAxes(LoopNest& nest) {
  for (int axis = axisCount(nest) - 1; axis >= 0; --axis) {
    if (sizeOf(nest, axis) != 1) continue;
    for (LoopOp& op : nest.ops) {
      if (op.kind != LoopOpKind::Index || op.axis != axis) continue;
      op.kind = LoopOpKind::Constant;
      op.constant = 0;
      op.axis = -1;
    }
    eraseAxis(nest, axis);
  }
}

bool isIndexed(const LoopNest& nest, int axis) {
  return std::any_of(nest.ops.begin(), nest.ops.end(), [axis](const LoopOp& op) {
    return op.kind == LoopOpKind::Index && op.axis == axis;
  });
}

bool canJoin(LoopNest& nest, int axis) {
  if (isIndexed(nest, axis) || isIndexed(nest, axis + 1)) return false;
  const std::int64_t size = sizeOf(nest, axis + 1);
  return std::all_of(nest.ops.begin(), nest.ops.end(), [&](const LoopOp& op) {
    const auto at = static_cast<std::size_t>(axis);
    return !touchesMemory(op) || op.access.strides[at] == op.access.strides[at + 1] * size;
  });
}

void joinAxes(LoopNest& nest) {
  const int outer = static_cast<int>(nest.outer.size());
  for (int axis = axisCount(nest) - 2; axis >= 0; --axis) {
    if (axis == outer - 1 || !canJoin(nest, axis)) continue;
    sizeOf(nest, axis + 1) *= sizeOf(nest, axis);
    eraseAxis(nest, axis);
  }
}

/// Moves `axis` behind `last` (both of one group).
void moveAxis(LoopNest& nest, int axis, int last) {
  const auto rotateFrom = [&](auto& values, int first, int end) {
    std::rotate(values.begin() + first, values.begin() + first + 1, values.begin() + end + 1);
  };
  const int outer = static_cast<int>(nest.outer.size());
  if (axis < outer)
    rotateFrom(nest.outer, axis, last);
  else
    rotateFrom(nest.inner, axis - outer, last - outer);
  for (LoopOp& op : nest.ops) {
    if (touchesMemory(op)) rotateFrom(op.access.strides, axis, last);
    if (op.kind != LoopOpKind::Index) continue;
    if (op.axis == axis)
      op.axis = last;
    else if (op.axis > axis && op.axis <= last)
      --op.axis;
  }
}

/// Cost of one element when vectors lie along `axis`.
double costAlong(LoopNest& nest, int axis) {
  const std::vector<bool> varies = dependsOnAxis(nest, axis);
  double perVector = 0;
  int reductions = 0;
  for (const LoopOp& op : nest.ops) {
    if (op.kind == LoopOpKind::Compute) perVector += 1;
    if (op.kind == LoopOpKind::Reduce) ++reductions;
    if (!touchesMemory(op)) continue;
    const bool isGather =
        std::any_of(op.access.indirect.begin(), op.access.indirect.end(),
                    [&](const auto& term) { return varies[static_cast<std::size_t>(term.op)]; });
    perVector += accessCost(op.access.strides[static_cast<std::size_t>(axis)], isGather);
  }
  const double size = static_cast<double>(sizeOf(nest, axis));
  const double vectors = std::ceil(size / kLanes);
  if (axis >= static_cast<int>(nest.outer.size())) {
    double perRow = vectors;
    for (const std::int64_t other : nest.inner) perRow *= static_cast<double>(other);
    perRow = std::max(1.0, perRow / std::max(1.0, size));
    perVector += 12.0 * reductions / perRow;
  }
  return perVector * vectors / std::max(1.0, size);
}

/// The cheapest axis; the later one of equals, which is the one in memory order. Axes below 4
/// elements are not worth a vector.
std::optional<int> chooseAxis(LoopNest& nest) {
  std::optional<int> best;
  double bestCost = 0;
  const int first = accumulates(nest) ? static_cast<int>(nest.outer.size()) : 0;
  for (int axis = axisCount(nest) - 1; axis >= first; --axis) {
    if (sizeOf(nest, axis) < 4) continue;
    const double cost = costAlong(nest, axis);
    if (best && cost >= bestCost * 0.999) continue;
    best = axis;
    bestCost = cost;
  }
  return best;
}

/// Brings the folded axes behind the others. Returns how many there are.
int moveFoldedAxes(LoopNest& nest) {
  const std::vector<bool> isFolded = schedule::foldedAxes(nest);
  const int last = static_cast<int>(nest.outer.size()) - 1;
  int moved = 0;
  for (int axis = 0; axis <= last; ++axis)
    if (isFolded[static_cast<std::size_t>(axis)]) {
      moveAxis(nest, axis - moved, last);
      ++moved;
    }
  return moved;
}

}  // namespace

std::vector<bool> dependsOnAxis(const LoopNest& nest, int axis) {
  std::vector<bool> varies(nest.ops.size(), false);
  const bool isInner = axis >= static_cast<int>(nest.outer.size());
  for (std::size_t i = 0; i < nest.ops.size(); ++i) {
    const LoopOp& op = nest.ops[i];
    bool depends = op.kind == LoopOpKind::Index && op.axis == axis;
    if (touchesMemory(op)) depends |= op.access.strides[static_cast<std::size_t>(axis)] != 0;
    for (const auto& term : op.access.indirect)
      depends |= varies[static_cast<std::size_t>(term.op)];
    for (const int operand : op.operands) depends |= varies[static_cast<std::size_t>(operand)];
    // A reduction runs over all inner axes.
    varies[i] = depends && !(op.kind == LoopOpKind::Reduce && isInner);
  }
  return varies;
}

SimplifiedNest simplifyNest(const LoopNest& original) {
  SimplifiedNest result{original, VectorAxis::None,
                        !hasReduction(original) && !accumulates(original)};
  LoopNest& nest = result.nest;
  if (result.isPointwise) {
    nest.outer.insert(nest.outer.end(), nest.inner.begin(), nest.inner.end());
    nest.inner.clear();
  }
  dropSingleAxes(nest);
  joinAxes(nest);

  if (const std::optional<int> axis = chooseAxis(nest)) {
    const int outer = static_cast<int>(nest.outer.size());
    const bool isOuter = *axis < outer;
    moveAxis(nest, *axis, isOuter ? outer - 1 : axisCount(nest) - 1);
    joinAxes(nest);
    result.vectorAxis = isOuter && !result.isPointwise ? VectorAxis::Outer : VectorAxis::Inner;
  }
  if (result.isPointwise && !nest.outer.empty()) {
    nest.inner.push_back(nest.outer.back());
    nest.outer.pop_back();
  }
  result.folded = moveFoldedAxes(nest);
  if (!result.isPointwise && nest.inner.empty()) {
    nest.inner.push_back(1);
    for (LoopOp& op : nest.ops)
      if (touchesMemory(op)) op.access.strides.push_back(0);
  }
  return result;
}

}  // namespace core::codegen
