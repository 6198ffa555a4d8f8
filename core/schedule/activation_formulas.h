#pragma once

// Pieces that activations and their gradients share.

#include "core/schedule/loop_builder.h"

namespace core::schedule {

inline constexpr double kSqrt2OverPi = 0.79788456080286535588;
inline constexpr double kInvSqrt2Pi = 0.39894228040143267794;
inline constexpr double kGeluCubic = 0.044715;

inline Expr exp(Expr x) {
  return x.apply(ScalarFn::Exp);
}
inline Expr log1p(Expr x) {
  return x.apply(ScalarFn::Log1p);
}
inline Expr tanh(Expr x) {
  return x.apply(ScalarFn::Tanh);
}
inline Expr sigmoid(Expr x) {
  return x.apply(ScalarFn::Sigmoid);
}

/// tanh of the inner polynomial of the approximate GELU.
inline Expr geluTanh(Expr x) {
  return tanh(kSqrt2OverPi * (x + kGeluCubic * (x * x * x)));
}

}  // namespace core::schedule
