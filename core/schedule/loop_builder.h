#pragma once

// Makes the body of a loop nest, and lets operators be written as formulas.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/schedule/loop_nest.h"

namespace core::schedule {

/// The dtype in which values of `dtype` are computed: F32 for F16 and BF16, else the same.
ir::DType computeType(ir::DType dtype);

/// Whether the loop IR can hold the dtype (no complex, no 8-bit floats, no wide unsigned).
bool isLoopType(ir::DType dtype);

/// Appends loop ops; an op that exists already is not added again.
class LoopBuilder {
 public:
  /// Axes from `first` on are reduced by reductions; together they have `count` positions. Without
  /// this call, nothing is known of the levels of ops.
  void setInnerAxes(int first, std::int64_t count);
  /// The graph node that the following ops belong to.
  void setNode(ir::NodeId node) { m_node = node; }
  ir::NodeId node() const { return m_node; }

  int load(const Access& access, ir::DType bufferType);
  int constant(ir::DType dtype, double value);
  int index(int axis);
  int compute(ScalarFn fn, ir::DType dtype, std::vector<int> operands);
  /// `op` itself if it has the dtype already.
  int cast(int op, ir::DType dtype);
  /// The reduction, or its closed form where `op` is the same at all inner positions.
  int reduce(ReduceFn fn, int op);
  void store(const Access& access, int op);
  /// Adds `op` up over the outer axes that `access` does not vary along.
  void accumulate(const Access& access, int op);

  ir::DType dtypeOf(int op) const { return m_ops[static_cast<std::size_t>(op)].dtype; }
  const std::vector<LoopOp>& ops() const { return m_ops; }
  std::vector<LoopOp>& ops() { return m_ops; }
  /// The cost of computing every op once, in additions; loads, stores and constants cost nothing.
  int cost() const;

 private:
  int append(LoopOp op);
  bool variesInside(const LoopOp& op) const;
  int reduceConstant(ReduceFn fn, int op);

  std::vector<LoopOp> m_ops;
  std::vector<bool> m_varies;  ///< by op: whether it depends on an inner axis
  int m_firstInner = 0;
  std::int64_t m_innerCount = 0;
  std::unordered_multimap<std::size_t, int> m_known;
  ir::NodeId m_node;
};

/// A value of the loop IR with arithmetic operators. Numbers take the dtype of the other operand.
struct Expr {
  LoopBuilder* builder = nullptr;
  int op = -1;

  ir::DType dtype() const { return builder->dtypeOf(op); }
  Expr constant(double value) const { return {builder, builder->constant(dtype(), value)}; }
  Expr cast(ir::DType to) const { return {builder, builder->cast(op, to)}; }
  Expr apply(ScalarFn fn) const;
  Expr apply(ScalarFn fn, Expr other) const;
  Expr apply(ScalarFn fn, double other) const { return apply(fn, constant(other)); }
};

Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);
inline Expr operator+(Expr a, double b) {
  return a + a.constant(b);
}
inline Expr operator-(Expr a, double b) {
  return a - a.constant(b);
}
inline Expr operator*(Expr a, double b) {
  return a * a.constant(b);
}
inline Expr operator/(Expr a, double b) {
  return a / a.constant(b);
}
inline Expr operator+(double a, Expr b) {
  return b.constant(a) + b;
}
inline Expr operator-(double a, Expr b) {
  return b.constant(a) - b;
}
inline Expr operator*(double a, Expr b) {
  return b.constant(a) * b;
}
inline Expr operator/(double a, Expr b) {
  return b.constant(a) / b;
}
Expr operator-(Expr a);

/// `condition` (Bool) ? a : b.
Expr where(Expr condition, Expr a, Expr b);
Expr where(Expr condition, double a, Expr b);
Expr where(Expr condition, Expr a, double b);

}  // namespace core::schedule
