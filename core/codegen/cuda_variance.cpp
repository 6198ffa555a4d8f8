// With any k, the sum of (x - mean)² over n values is the sum of (x - k)² less (sum of (x - k))² /
// n. Taking for k the first value of the row keeps the two terms of a size, so that their
// difference loses few digits, unless that value lies very far from the others. Values of half
// precision have digits to spare; those of single precision are swept twice, as ever.

#include "core/codegen/cuda_variance.h"

#include <algorithm>

namespace core::codegen {
namespace {

using ir::DType;
using schedule::LoopNest;
using schedule::LoopOp;
using schedule::LoopOpKind;
using schedule::ReduceFn;
using schedule::ScalarFn;

double rowSize(const LoopNest& nest) {
  double points = 1;
  for (const std::int64_t size : nest.inner) points *= static_cast<double>(size);
  return points;
}

class VarianceRewriter {
 public:
  explicit VarianceRewriter(const LoopNest& nest) : m_nest(nest), m_result(nest) {
    m_result.ops.clear();
  }

  LoopNest run() {
    for (const LoopOp& op : m_nest.ops) {
      const int x = deviating(op);
      m_position.push_back(x < 0 ? copy(op) : squares(op, x));
    }
    return std::move(m_result);
  }

 private:
  const LoopOp& at(int op) const { return m_nest.ops[static_cast<std::size_t>(op)]; }
  bool isCompute(int op, ScalarFn fn) const {
    return at(op).kind == LoopOpKind::Compute && at(op).fn == fn && at(op).dtype == DType::F32;
  }
  bool isSum(const LoopOp& op) const {
    return op.kind == LoopOpKind::Reduce && op.reduce == ReduceFn::Sum && op.dtype == DType::F32;
  }

  /// x of a sum of (x - mean x)² that may be rewritten; -1 if the op is none.
  int deviating(const LoopOp& op) const {
    if (!isSum(op)) return -1;
    const int square = op.operands[0];
    if (!isCompute(square, ScalarFn::Mul)) return -1;
    const int difference = at(square).operands[0];
    if (at(square).operands[1] != difference || !isCompute(difference, ScalarFn::Sub)) return -1;
    const int x = at(difference).operands[0];
    return isMeanOf(at(difference).operands[1], x) && isHalfInMemory(x) ? x : -1;
  }

  bool isMeanOf(int mean, int x) const {
    if (!isCompute(mean, ScalarFn::Div)) return false;
    const LoopOp& sum = at(at(mean).operands[0]);
    const LoopOp& count = at(at(mean).operands[1]);
    return isSum(sum) && sum.operands[0] == x && count.kind == LoopOpKind::Constant &&
           count.constant == rowSize(m_nest);
  }

  bool isHalfInMemory(int x) const {
    const LoopOp& load = at(x);
    if (load.kind != LoopOpKind::Load || !load.access.indirect.empty()) return false;
    const DType stored = m_nest.buffers[static_cast<std::size_t>(load.access.buffer)].dtype;
    return stored == DType::BF16 || stored == DType::F16;
  }

  int append(LoopOp op) {
    m_result.ops.push_back(std::move(op));
    return static_cast<int>(m_result.ops.size()) - 1;
  }

  int copy(LoopOp op) {
    for (int& operand : op.operands) operand = m_position[static_cast<std::size_t>(operand)];
    for (auto& term : op.access.indirect) term.op = m_position[static_cast<std::size_t>(term.op)];
    return append(std::move(op));
  }

  int compute(const LoopOp& like, ScalarFn fn, std::vector<int> operands) {
    LoopOp op = like;
    op.kind = LoopOpKind::Compute;
    op.fn = fn;
    op.operands = std::move(operands);
    return append(std::move(op));
  }

  int sum(const LoopOp& like, int operand) {
    LoopOp op = like;
    op.operands = {operand};
    return append(std::move(op));
  }

  int constant(const LoopOp& like, double value) {
    LoopOp op = like;
    op.kind = LoopOpKind::Constant;
    op.operands.clear();
    op.constant = value;
    return append(std::move(op));
  }

  /// The first value of x's row.
  int first(int x) {
    LoopOp load = at(x);
    std::fill(load.access.strides.begin() + static_cast<std::ptrdiff_t>(m_nest.outer.size()),
              load.access.strides.end(), 0);
    return append(std::move(load));
  }

  int squares(const LoopOp& op, int x) {
    const int shifted =
        compute(op, ScalarFn::Sub, {m_position[static_cast<std::size_t>(x)], first(x)});
    const int total = sum(op, shifted);
    const int squared = sum(op, compute(op, ScalarFn::Mul, {shifted, shifted}));
    const int mean = compute(op, ScalarFn::Div, {total, constant(op, rowSize(m_nest))});
    const int less = compute(op, ScalarFn::Mul, {total, mean});
    const int difference = compute(op, ScalarFn::Sub, {squared, less});
    return compute(op, ScalarFn::Maximum, {difference, constant(op, 0)});
  }

  const LoopNest& m_nest;
  LoopNest m_result;
  std::vector<int> m_position;  ///< by op of the nest: its place in the result
};

}  // namespace

LoopNest withVariancesInOneSweep(const LoopNest& nest) {
  return VarianceRewriter(nest).run();
}

}  // namespace core::codegen
