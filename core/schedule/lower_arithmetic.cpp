// Arithmetic and elementary functions, with PyTorch's definitions (aten/src/ATen/native/cpu,
// BinaryOpsKernel.cpp, UnaryOpsKernel.cpp, PowKernel.cpp).

#include <array>

#include "core/schedule/lowerings.h"

namespace core::schedule {
namespace {

using ir::DType;

template <ScalarFn fn>
Expr unary(OpEmitter& e) {
  if (e.type() == DType::Bool) return e.refuse("arithmetic on booleans");
  return e.x(0).apply(fn);
}

/// Functions that change nothing about an integer.
template <ScalarFn fn>
Expr rounding(OpEmitter& e) {
  return e.isFloat() ? unary<fn>(e) : e.x(0);
}

template <ScalarFn fn>
Expr binary(OpEmitter& e) {
  if (e.type() == DType::Bool) return e.refuse("arithmetic on booleans");
  return e.x(0).apply(fn, e.x(1));
}

Expr scaled(Expr value, double alpha) {
  return alpha == 1 ? value : value * alpha;
}

Expr add(OpEmitter& e) {
  if (e.type() == DType::Bool) return e.refuse("arithmetic on booleans");
  return e.x(0) + scaled(e.x(1), e.number(2, "alpha", 1));
}
Expr sub(OpEmitter& e) {
  if (e.type() == DType::Bool) return e.refuse("arithmetic on booleans");
  return e.x(0) - scaled(e.x(1), e.number(2, "alpha", 1));
}
Expr rsub(OpEmitter& e) {
  return e.x(1) - scaled(e.x(0), e.number(2, "alpha", 1));
}

Expr mul(OpEmitter& e) {
  if (e.type() == DType::Bool) return e.x(0).apply(ScalarFn::LogicalAnd, e.x(1));
  return e.x(0) * e.x(1);
}

/// Integer division by zero stops the process: only divisors that are known are divided by.
bool mayDivideByZero(const OpEmitter& e) {
  return !e.isFloat() && (!e.isNumber(1) || e.number(1, "other", 0) == 0);
}

Expr divMode(OpEmitter& e) {
  if (!e.has(2, "rounding_mode")) return e.x(0) / e.x(1);
  if (mayDivideByZero(e)) return e.refuse("an integer divisor that may be zero");
  const bool isFloor = e.text(2, "rounding_mode") == "floor";
  if (e.isFloat() && isFloor) return e.refuse("floor division of floating-point numbers");
  const Expr quotient = e.x(0).apply(isFloor ? ScalarFn::FloorDiv : ScalarFn::Div, e.x(1));
  return e.isFloat() ? quotient.apply(ScalarFn::Trunc) : quotient;
}

Expr remainder(OpEmitter& e) {
  if (mayDivideByZero(e)) return e.refuse("an integer divisor that may be zero");
  const Expr b = e.x(1);
  if (!e.isFloat()) return e.x(0).apply(ScalarFn::Remainder, b);
  const Expr m = e.x(0).apply(ScalarFn::Fmod, b);
  const Expr signsDiffer =
      b.apply(ScalarFn::Lt, 0).apply(ScalarFn::LogicalXor, m.apply(ScalarFn::Lt, 0));
  return where(m.apply(ScalarFn::Ne, 0).apply(ScalarFn::LogicalAnd, signsDiffer), m + b, m);
}

Expr fmod(OpEmitter& e) {
  if (mayDivideByZero(e)) return e.refuse("an integer divisor that may be zero");
  return e.x(0).apply(ScalarFn::Fmod, e.x(1));
}

Expr powTensorScalar(OpEmitter& e) {
  const double exponent = e.number(1, "exponent", 1);
  const Expr x = e.x(0);
  if (exponent == 0) return x.constant(1);
  if (exponent == 1) return x;
  if (exponent == 2) return x * x;
  if (exponent == 3) return x * x * x;
  if (!e.isFloat()) return e.refuse("an integer power");
  if (exponent == 0.5) return x.apply(ScalarFn::Sqrt);
  if (exponent == -0.5) return 1.0 / x.apply(ScalarFn::Sqrt);
  if (exponent == -1) return 1.0 / x;
  if (exponent == -2) return 1.0 / (x * x);
  return x.apply(ScalarFn::Pow, exponent);
}

Expr pow(OpEmitter& e) {
  if (!e.isFloat()) return e.refuse("an integer power");
  if (e.isNumber(0) && e.number(0, "self", 0) == 2) return e.x(1).apply(ScalarFn::Exp2);
  return e.x(0).apply(ScalarFn::Pow, e.x(1));
}

Expr clamp(OpEmitter& e) {
  if (e.type() == DType::Bool) return e.refuse("arithmetic on booleans");
  Expr value = e.x(0);
  if (e.has(1, "min")) value = value.apply(ScalarFn::Maximum, e.x(1, "min"));
  if (e.has(2, "max")) value = value.apply(ScalarFn::Minimum, e.x(2, "max"));
  return value;
}

Expr addcmul(OpEmitter& e) {
  return e.x(0) + scaled(e.x(1) * e.x(2), e.number(3, "value", 1));
}
Expr addcdiv(OpEmitter& e) {
  if (!e.isFloat()) return e.refuse("an integer division");
  return e.x(0) + scaled(e.x(1) / e.x(2), e.number(3, "value", 1));
}

/// Written from the nearer end, so that weight 1 gives the end exactly.
Expr lerpScalar(OpEmitter& e) {
  const double weight = e.number(2, "weight", 0);
  const Expr a = e.x(0);
  const Expr b = e.x(1);
  return weight < 0.5 ? a + weight * (b - a) : b - (b - a) * (1 - weight);
}
Expr lerpTensor(OpEmitter& e) {
  const Expr a = e.x(0);
  const Expr b = e.x(1);
  const Expr weight = e.x(2);
  const Expr isNearA = weight.apply(ScalarFn::Abs).apply(ScalarFn::Lt, 0.5);
  return where(isNearA, a + weight * (b - a), b - (b - a) * (1.0 - weight));
}

/// 0 where x is 0, even if log y is infinite; NaN where y is NaN.
Expr xlogy(OpEmitter& e) {
  const Expr x = e.x(0);
  const Expr y = e.x(1);
  const Expr product = where(x.apply(ScalarFn::Eq, 0), 0, x * y.apply(ScalarFn::Log));
  return where(y.apply(ScalarFn::IsNan), y, product);
}

Expr copy(OpEmitter& e) {
  return e.x(0);
}
Expr copySource(OpEmitter& e) {
  return e.x(1);
}

constexpr std::array kArithmetic{
    Lowering{"aten.neg.default", unary<ScalarFn::Neg>},
    Lowering{"aten.abs.default", unary<ScalarFn::Abs>},
    Lowering{"aten.exp.default", unary<ScalarFn::Exp>},
    Lowering{"aten.exp2.default", unary<ScalarFn::Exp2>},
    Lowering{"aten.expm1.default", unary<ScalarFn::Expm1>},
    Lowering{"aten.log.default", unary<ScalarFn::Log>},
    Lowering{"aten.log1p.default", unary<ScalarFn::Log1p>},
    Lowering{"aten.log2.default", unary<ScalarFn::Log2>},
    Lowering{"aten.log10.default", unary<ScalarFn::Log10>},
    Lowering{"aten.sqrt.default", unary<ScalarFn::Sqrt>},
    Lowering{"aten.rsqrt.default", unary<ScalarFn::Rsqrt>},
    Lowering{"aten.reciprocal.default", unary<ScalarFn::Reciprocal>},
    Lowering{"aten.sin.default", unary<ScalarFn::Sin>},
    Lowering{"aten.cos.default", unary<ScalarFn::Cos>},
    Lowering{"aten.tan.default", unary<ScalarFn::Tan>},
    Lowering{"aten.sinh.default", unary<ScalarFn::Sinh>},
    Lowering{"aten.cosh.default", unary<ScalarFn::Cosh>},
    Lowering{"aten.tanh.default", unary<ScalarFn::Tanh>},
    Lowering{"aten.asin.default", unary<ScalarFn::Asin>},
    Lowering{"aten.acos.default", unary<ScalarFn::Acos>},
    Lowering{"aten.atan.default", unary<ScalarFn::Atan>},
    Lowering{"aten.erf.default", unary<ScalarFn::Erf>},
    Lowering{"aten.erfc.default", unary<ScalarFn::Erfc>},
    Lowering{"aten.sigmoid.default", unary<ScalarFn::Sigmoid>},
    Lowering{"aten.sign.default", unary<ScalarFn::Sign>},
    Lowering{"aten.sgn.default", unary<ScalarFn::Sign>},
    Lowering{"aten.floor.default", rounding<ScalarFn::Floor>},
    Lowering{"aten.ceil.default", rounding<ScalarFn::Ceil>},
    Lowering{"aten.trunc.default", rounding<ScalarFn::Trunc>},
    Lowering{"aten.round.default", rounding<ScalarFn::Round>},
    Lowering{"aten.add.Tensor", add},
    Lowering{"aten.add.Scalar", add},
    Lowering{"aten.sub.Tensor", sub},
    Lowering{"aten.sub.Scalar", sub},
    Lowering{"aten.rsub.Tensor", rsub},
    Lowering{"aten.rsub.Scalar", rsub},
    Lowering{"aten.mul.Tensor", mul},
    Lowering{"aten.mul.Scalar", mul},
    Lowering{"aten.div.Tensor", binary<ScalarFn::Div>},
    Lowering{"aten.div.Scalar", binary<ScalarFn::Div>},
    Lowering{"aten.div.Tensor_mode", divMode},
    Lowering{"aten.div.Scalar_mode", divMode},
    Lowering{"aten.remainder.Tensor", remainder},
    Lowering{"aten.remainder.Scalar", remainder},
    Lowering{"aten.fmod.Tensor", fmod},
    Lowering{"aten.fmod.Scalar", fmod},
    Lowering{"aten.atan2.default", binary<ScalarFn::Atan2>},
    Lowering{"aten.maximum.default", binary<ScalarFn::Maximum>},
    Lowering{"aten.minimum.default", binary<ScalarFn::Minimum>},
    Lowering{"aten.pow.Tensor_Scalar", powTensorScalar},
    Lowering{"aten.pow.Tensor_Tensor", pow},
    Lowering{"aten.pow.Scalar", pow},
    Lowering{"aten.clamp.default", clamp},
    Lowering{"aten.clamp.Tensor", clamp},
    Lowering{"aten.clamp_min.default", binary<ScalarFn::Maximum>},
    Lowering{"aten.clamp_min.Tensor", binary<ScalarFn::Maximum>},
    Lowering{"aten.clamp_max.default", binary<ScalarFn::Minimum>},
    Lowering{"aten.clamp_max.Tensor", binary<ScalarFn::Minimum>},
    Lowering{"aten.addcmul.default", addcmul},
    Lowering{"aten.addcdiv.default", addcdiv},
    Lowering{"aten.lerp.Scalar", lerpScalar},
    Lowering{"aten.lerp.Tensor", lerpTensor},
    Lowering{"aten.xlogy.Tensor", xlogy},
    Lowering{"aten.clone.default", copy},
    Lowering{"aten._to_copy.default", copy},
    Lowering{"aten.lift_fresh_copy.default", copy},
    Lowering{"aten.copy.default", copySource},
};

}  // namespace

std::span<const Lowering> arithmeticLowerings() {
  return kArithmetic;
}

}  // namespace core::schedule
