// Lowering writes every operator's rounding down, as eager PyTorch computes. Here the roundings
// whose results are only computed with are bypassed: readers take the operand of the Cast instead,
// and Casts that nobody reads any more are removed. Linear in the ops.

#include "core/schedule/keep_single.h"

#include <algorithm>

#include "core/schedule/loop_builder.h"

namespace core::schedule {
namespace {

using ir::DType;

const LoopOp& at(const LoopNest& nest, int op) {
  return nest.ops[static_cast<std::size_t>(op)];
}

bool isCast(const LoopOp& op) {
  return op.kind == LoopOpKind::Compute && op.fn == ScalarFn::Cast;
}

bool isZero(const LoopOp& op) {
  return op.kind == LoopOpKind::Constant && op.constant == 0;
}

/// Whether a little more or less of an operand may change the result by a whole step. A rounding
/// never changes a sign to its opposite, so an order relation with zero hardly sees it.
bool decides(const LoopNest& nest, const LoopOp& op) {
  if (op.kind != LoopOpKind::Compute) return false;
  switch (op.fn) {
    case ScalarFn::Lt:
    case ScalarFn::Le:
    case ScalarFn::Gt:
    case ScalarFn::Ge:
      return std::none_of(op.operands.begin(), op.operands.end(),
                          [&](int operand) { return isZero(at(nest, operand)); });
    case ScalarFn::Eq:
    case ScalarFn::Ne:
    case ScalarFn::Floor:
    case ScalarFn::Ceil:
    case ScalarFn::Trunc:
    case ScalarFn::Round:
    case ScalarFn::FloorDiv:
    case ScalarFn::Remainder:
    case ScalarFn::Fmod:
    case ScalarFn::IsNan:
    case ScalarFn::IsInf: return true;
    case ScalarFn::Cast: return ir::isIntegral(op.dtype);
    default: return false;
  }
}

/// The value that a Cast to half precision, or the Cast back, rounds; -1 if the op is neither.
/// Constants stay rounded: that costs nothing while the kernel runs.
int roundedBy(const LoopNest& nest, const LoopOp& op, const std::vector<int>& exact) {
  if (!isCast(op) || computeType(op.dtype) != DType::F32) return -1;
  const int operand = op.operands[0];
  const int origin = exact[static_cast<std::size_t>(operand)];
  if (op.dtype == DType::F32) return origin;
  const int source = origin >= 0 ? origin : operand;
  const bool isSingle = computeType(at(nest, source).dtype) == DType::F32;
  return isSingle && at(nest, source).kind != LoopOpKind::Constant ? source : -1;
}

/// Removes the Casts that no op reads.
void dropUnread(LoopNest& nest) {
  std::vector<bool> isRead(nest.ops.size(), false);
  for (std::size_t i = nest.ops.size(); i-- > 0;) {
    const LoopOp& op = nest.ops[i];
    if (isCast(op) && !isRead[i]) continue;
    for (const int operand : op.operands) isRead[static_cast<std::size_t>(operand)] = true;
    for (const IndirectTerm& term : op.access.indirect)
      isRead[static_cast<std::size_t>(term.op)] = true;
  }
  std::vector<int> position(nest.ops.size(), -1);
  std::vector<LoopOp> kept;
  for (std::size_t i = 0; i < nest.ops.size(); ++i) {
    LoopOp& op = nest.ops[i];
    if (isCast(op) && !isRead[i]) continue;
    for (int& operand : op.operands) operand = position[static_cast<std::size_t>(operand)];
    for (IndirectTerm& term : op.access.indirect)
      term.op = position[static_cast<std::size_t>(term.op)];
    position[i] = static_cast<int>(kept.size());
    kept.push_back(std::move(op));
  }
  nest.ops = std::move(kept);
}

}  // namespace

void keepSinglePrecision(LoopNest& nest) {
  std::vector<int> exact;  // by op: the value before it was rounded; -1: it was not
  for (LoopOp& op : nest.ops) {
    exact.push_back(roundedBy(nest, op, exact));
    // What rounds goes on doing so, for those who need it.
    if (exact.back() >= 0 || decides(nest, op)) continue;
    for (int& operand : op.operands)
      if (const int origin = exact[static_cast<std::size_t>(operand)]; origin >= 0)
        operand = origin;
  }
  dropUnread(nest);
}

}  // namespace core::schedule
