// The derivative of log_softmax subtracts the row's sum of incoming gradients, and those of a loss
// over classes are 0 except at the target. Summing them costs a comparison of positions for every
// element; that the target lies in the row is all there is to know.

#include "core/codegen/cuda_one_hot.h"

#include <algorithm>
#include <optional>

#include "core/codegen/simplify_nest.h"

namespace core::codegen {
namespace {

using ir::DType;
using schedule::LoopNest;
using schedule::LoopOp;
using schedule::LoopOpKind;
using schedule::ReduceFn;
using schedule::ScalarFn;

class OneHotRewriter {
 public:
  explicit OneHotRewriter(const LoopNest& nest)
      : m_nest(nest),
        m_inRow(dependsOnAxis(nest, static_cast<int>(nest.outer.size()))),
        m_result(nest) {
    m_result.ops.clear();
  }

  LoopNest run() {
    for (const LoopOp& op : m_nest.ops) {
      const auto pick = pickOf(op);
      m_position.push_back(pick ? picked(op, *pick) : copy(op));
    }
    return std::move(m_result);
  }

 private:
  /// where(position == place and condition, value, 0).
  struct Pick {
    int place = -1;
    int condition = -1;  ///< -1: none
    int value = -1;
    int zero = -1;
  };

  const LoopOp& at(int op) const { return m_nest.ops[static_cast<std::size_t>(op)]; }
  bool isCompute(int op, ScalarFn fn) const {
    return at(op).kind == LoopOpKind::Compute && at(op).fn == fn;
  }
  bool variesInRow(int op) const { return m_inRow[static_cast<std::size_t>(op)]; }

  std::optional<Pick> pickOf(const LoopOp& op) const {
    if (op.kind != LoopOpKind::Reduce || op.reduce != ReduceFn::Sum) return std::nullopt;
    const int where = op.operands[0];
    if (!isCompute(where, ScalarFn::Where)) return std::nullopt;
    const std::vector<int>& parts = at(where).operands;
    const bool isZero = at(parts[2]).kind == LoopOpKind::Constant && at(parts[2]).constant == 0;
    Pick pick{-1, -1, parts[1], parts[2]};
    if (!isZero || variesInRow(parts[1]) || !findPlace(parts[0], pick)) return std::nullopt;
    return pick;
  }

  bool findPlace(int condition, Pick& pick) const {
    if (isCompute(condition, ScalarFn::LogicalAnd)) {
      const std::vector<int>& both = at(condition).operands;
      const bool isFirst = variesInRow(both[0]);
      pick.condition = both[isFirst ? 1 : 0];
      if (variesInRow(pick.condition)) return false;
      condition = both[isFirst ? 0 : 1];
    }
    if (!isCompute(condition, ScalarFn::Eq)) return false;
    const std::vector<int>& both = at(condition).operands;
    const bool isFirst = isPosition(both[0]);
    pick.place = both[isFirst ? 1 : 0];
    return (isFirst || isPosition(both[1])) && !variesInRow(pick.place);
  }

  bool isPosition(int op) const {
    return at(op).kind == LoopOpKind::Index && at(op).axis == static_cast<int>(m_nest.outer.size());
  }

  int append(LoopOp op) {
    m_result.ops.push_back(std::move(op));
    return static_cast<int>(m_result.ops.size()) - 1;
  }

  int mapped(int op) const { return m_position[static_cast<std::size_t>(op)]; }

  int copy(LoopOp op) {
    for (int& operand : op.operands) operand = mapped(operand);
    for (auto& term : op.access.indirect) term.op = mapped(term.op);
    return append(std::move(op));
  }

  int compute(const LoopOp& like, ScalarFn fn, DType dtype, std::vector<int> operands) {
    LoopOp op;
    op.fn = fn;
    op.dtype = dtype;
    op.operands = std::move(operands);
    op.node = like.node;
    return append(std::move(op));
  }

  int constant(const LoopOp& like, double value) {
    LoopOp op;
    op.kind = LoopOpKind::Constant;
    op.dtype = DType::I64;
    op.constant = value;
    op.node = like.node;
    return append(std::move(op));
  }

  int picked(const LoopOp& op, const Pick& pick) {
    const int place = mapped(pick.place);
    const auto size = static_cast<double>(m_nest.inner[0]);
    const int isBehind = compute(op, ScalarFn::Ge, DType::Bool, {place, constant(op, 0)});
    const int isBefore = compute(op, ScalarFn::Lt, DType::Bool, {place, constant(op, size)});
    int isIn = compute(op, ScalarFn::LogicalAnd, DType::Bool, {isBehind, isBefore});
    if (pick.condition >= 0)
      isIn = compute(op, ScalarFn::LogicalAnd, DType::Bool, {isIn, mapped(pick.condition)});
    return compute(op, ScalarFn::Where, op.dtype, {isIn, mapped(pick.value), mapped(pick.zero)});
  }

  const LoopNest& m_nest;
  std::vector<bool> m_inRow;  ///< by op: whether it varies along the row
  LoopNest m_result;
  std::vector<int> m_position;  ///< by op of the nest: its place in the result
};

}  // namespace

LoopNest withOneHotSums(const LoopNest& nest) {
  const bool isRow = nest.inner.size() == 1;
  return isRow ? OneHotRewriter(nest).run() : nest;
}

}  // namespace core::codegen
