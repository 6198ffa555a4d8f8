// Activation functions, by the formulas of aten/src/ATen/native/cpu/Activation.cpp.

#include <array>

#include "core/schedule/activation_formulas.h"
#include "core/schedule/lowerings.h"

namespace core::schedule {
namespace {

Expr relu(OpEmitter& e) {
  return e.x(0).apply(ScalarFn::Relu);
}

Expr gelu(OpEmitter& e) {
  const Expr x = e.x(0);
  if (e.text(1, "approximate") == "tanh") return 0.5 * x * (1.0 + geluTanh(x));
  return x * x.apply(ScalarFn::NormalCdf);
}

Expr silu(OpEmitter& e) {
  const Expr x = e.x(0);
  return x * sigmoid(x);
}

Expr leakyRelu(OpEmitter& e) {
  const Expr x = e.x(0);
  return where(x.apply(ScalarFn::Gt, 0), x, x * e.number(1, "negative_slope", 0.01));
}

Expr hardtanh(OpEmitter& e) {
  const Expr x = e.x(0).apply(ScalarFn::Maximum, e.number(1, "min_val", -1));
  return x.apply(ScalarFn::Minimum, e.number(2, "max_val", 1));
}

/// clamp(x + 3, 0, 6)
Expr shiftedRelu6(Expr x) {
  return (x + 3.0).apply(ScalarFn::Maximum, 0).apply(ScalarFn::Minimum, 6);
}

Expr hardswish(OpEmitter& e) {
  const Expr x = e.x(0);
  return x * shiftedRelu6(x) / 6.0;
}

Expr hardsigmoid(OpEmitter& e) {
  return shiftedRelu6(e.x(0)) / 6.0;
}

Expr elu(OpEmitter& e) {
  const Expr x = e.x(0);
  const double scale = e.number(2, "scale", 1);
  const double negative = e.number(1, "alpha", 1) * scale;
  const Expr below = (x * e.number(3, "input_scale", 1)).apply(ScalarFn::Expm1) * negative;
  return where(x.apply(ScalarFn::Le, 0), below, x * scale);
}

Expr softplus(OpEmitter& e) {
  const Expr x = e.x(0);
  const double beta = e.number(1, "beta", 1);
  const Expr scaled = x * beta;
  const Expr isLinear = scaled.apply(ScalarFn::Gt, e.number(2, "threshold", 20));
  return where(isLinear, x, log1p(exp(scaled)) / beta);
}

Expr mish(OpEmitter& e) {
  const Expr x = e.x(0);
  return x * tanh(log1p(exp(x)));
}

constexpr std::array kActivations{
    Lowering{"aten.relu.default", relu},
    Lowering{"aten.gelu.default", gelu},
    Lowering{"aten.silu.default", silu},
    Lowering{"aten.leaky_relu.default", leakyRelu},
    Lowering{"aten.hardtanh.default", hardtanh},
    Lowering{"aten.hardswish.default", hardswish},
    Lowering{"aten.hardsigmoid.default", hardsigmoid},
    Lowering{"aten.elu.default", elu},
    Lowering{"aten.softplus.default", softplus},
    Lowering{"aten.mish.default", mish},
};

}  // namespace

std::span<const Lowering> activationLowerings() {
  return kActivations;
}

}  // namespace core::schedule
