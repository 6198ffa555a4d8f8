// Comparisons, logic and selection. A comparison is made in the promoted type of its arguments, not
// in that of its result.

#include <array>

#include "core/schedule/lowerings.h"

namespace core::schedule {
namespace {

using ir::DType;

template <ScalarFn fn>
Expr compare(OpEmitter& e) {
  const DType type = e.promotedType();
  return e.operand(0, type).apply(fn, e.operand(1, type));
}

template <ScalarFn fn>
Expr logical(OpEmitter& e) {
  return e.operand(0, DType::Bool).apply(fn, e.operand(1, DType::Bool));
}

Expr logicalNot(OpEmitter& e) {
  return e.operand(0, DType::Bool).apply(ScalarFn::LogicalNot);
}

template <ScalarFn onBools, ScalarFn onIntegers>
Expr bitwise(OpEmitter& e) {
  return e.x(0).apply(e.type() == DType::Bool ? onBools : onIntegers, e.x(1));
}

Expr bitwiseNot(OpEmitter& e) {
  return e.x(0).apply(e.type() == DType::Bool ? ScalarFn::LogicalNot : ScalarFn::BitwiseNot);
}

Expr whereSelf(OpEmitter& e) {
  return where(e.operand(0, DType::Bool), e.x(1), e.x(2));
}
Expr maskedFill(OpEmitter& e) {
  return where(e.operand(1, DType::Bool), e.x(2), e.x(0));
}

/// In the type of the argument; integers are never NaN or infinite.
template <ScalarFn fn>
Expr classify(OpEmitter& e) {
  const DType type = computeType(e.meta(0)->dtype);
  if (!ir::isFloatingPoint(type)) return e.constant(DType::Bool, 0);
  return e.operand(0, type).apply(fn);
}

Expr isFinite(OpEmitter& e) {
  const DType type = computeType(e.meta(0)->dtype);
  if (!ir::isFloatingPoint(type)) return e.constant(DType::Bool, 1);
  const Expr x = e.operand(0, type);
  return x.apply(ScalarFn::IsNan)
      .apply(ScalarFn::LogicalOr, x.apply(ScalarFn::IsInf))
      .apply(ScalarFn::LogicalNot);
}

constexpr std::array kComparisons{
    Lowering{"aten.eq.Tensor", compare<ScalarFn::Eq>},
    Lowering{"aten.eq.Scalar", compare<ScalarFn::Eq>},
    Lowering{"aten.ne.Tensor", compare<ScalarFn::Ne>},
    Lowering{"aten.ne.Scalar", compare<ScalarFn::Ne>},
    Lowering{"aten.lt.Tensor", compare<ScalarFn::Lt>},
    Lowering{"aten.lt.Scalar", compare<ScalarFn::Lt>},
    Lowering{"aten.le.Tensor", compare<ScalarFn::Le>},
    Lowering{"aten.le.Scalar", compare<ScalarFn::Le>},
    Lowering{"aten.gt.Tensor", compare<ScalarFn::Gt>},
    Lowering{"aten.gt.Scalar", compare<ScalarFn::Gt>},
    Lowering{"aten.ge.Tensor", compare<ScalarFn::Ge>},
    Lowering{"aten.ge.Scalar", compare<ScalarFn::Ge>},
    Lowering{"aten.logical_and.default", logical<ScalarFn::LogicalAnd>},
    Lowering{"aten.logical_or.default", logical<ScalarFn::LogicalOr>},
    Lowering{"aten.logical_xor.default", logical<ScalarFn::LogicalXor>},
    Lowering{"aten.logical_not.default", logicalNot},
    Lowering{"aten.bitwise_and.Tensor", bitwise<ScalarFn::LogicalAnd, ScalarFn::BitwiseAnd>},
    Lowering{"aten.bitwise_and.Scalar", bitwise<ScalarFn::LogicalAnd, ScalarFn::BitwiseAnd>},
    Lowering{"aten.bitwise_or.Tensor", bitwise<ScalarFn::LogicalOr, ScalarFn::BitwiseOr>},
    Lowering{"aten.bitwise_or.Scalar", bitwise<ScalarFn::LogicalOr, ScalarFn::BitwiseOr>},
    Lowering{"aten.bitwise_xor.Tensor", bitwise<ScalarFn::LogicalXor, ScalarFn::BitwiseXor>},
    Lowering{"aten.bitwise_xor.Scalar", bitwise<ScalarFn::LogicalXor, ScalarFn::BitwiseXor>},
    Lowering{"aten.bitwise_not.default", bitwiseNot},
    Lowering{"aten.where.self", whereSelf},
    Lowering{"aten.where.ScalarSelf", whereSelf},
    Lowering{"aten.where.ScalarOther", whereSelf},
    Lowering{"aten.where.Scalar", whereSelf},
    Lowering{"aten.masked_fill.Scalar", maskedFill},
    Lowering{"aten.masked_fill.Tensor", maskedFill},
    Lowering{"aten.isnan.default", classify<ScalarFn::IsNan>},
    Lowering{"aten.isinf.default", classify<ScalarFn::IsInf>},
    Lowering{"aten.isfinite.default", isFinite},
};

}  // namespace

std::span<const Lowering> comparisonLowerings() {
  return kComparisons;
}

}  // namespace core::schedule
