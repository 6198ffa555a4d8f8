// Gradients of activation functions, by the formulas of aten/src/ATen/native/cpu/Activation.cpp. In
// each, argument 0 is the incoming gradient.

#include <array>

#include "core/schedule/activation_formulas.h"
#include "core/schedule/lowerings.h"

namespace core::schedule {
namespace {

Expr thresholdBackward(OpEmitter& e) {
  return where(e.x(1).apply(ScalarFn::Le, e.number(2, "threshold", 0)), 0, e.x(0));
}

Expr geluBackward(OpEmitter& e) {
  const Expr grad = e.x(0);
  const Expr x = e.x(1);
  if (e.text(2, "approximate") == "tanh") {
    const Expr t = geluTanh(x);
    const Expr slope = kSqrt2OverPi * (1.0 + (3 * kGeluCubic) * (x * x));
    return grad * (0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * slope);
  }
  const Expr density = exp(x * x * -0.5) * kInvSqrt2Pi;
  return grad * (x.apply(ScalarFn::NormalCdf) + x * density);
}

Expr siluBackward(OpEmitter& e) {
  const Expr x = e.x(1);
  const Expr s = sigmoid(x);
  return e.x(0) * s * (1.0 + x * (1.0 - s));
}

Expr sigmoidBackward(OpEmitter& e) {
  const Expr y = e.x(1);
  return e.x(0) * (1.0 - y) * y;
}

Expr tanhBackward(OpEmitter& e) {
  const Expr y = e.x(1);
  return e.x(0) * (1.0 - y * y);
}

Expr leakyReluBackward(OpEmitter& e) {
  const Expr grad = e.x(0);
  return where(e.x(1).apply(ScalarFn::Gt, 0), grad, grad * e.number(2, "negative_slope", 0.01));
}

Expr hardtanhBackward(OpEmitter& e) {
  const Expr x = e.x(1);
  const Expr isOutside =
      x.apply(ScalarFn::Le, e.number(2, "min_val", -1))
          .apply(ScalarFn::LogicalOr, x.apply(ScalarFn::Ge, e.number(3, "max_val", 1)));
  return where(isOutside, 0, e.x(0));
}

Expr hardswishBackward(OpEmitter& e) {
  const Expr grad = e.x(0);
  const Expr x = e.x(1);
  const Expr above = where(x.apply(ScalarFn::Lt, 3), grad * (x / 3.0 + 0.5), grad);
  return where(x.apply(ScalarFn::Le, -3), 0, above);
}

Expr hardsigmoidBackward(OpEmitter& e) {
  const Expr x = e.x(1);
  const Expr isInside =
      x.apply(ScalarFn::Gt, -3).apply(ScalarFn::LogicalAnd, x.apply(ScalarFn::Lt, 3));
  return where(isInside, e.x(0) / 6.0, 0);
}

Expr eluBackward(OpEmitter& e) {
  const Expr grad = e.x(0);
  const Expr x = e.x(5, "self_or_result");
  const double scale = e.number(2, "scale", 1);
  const double negative = e.number(1, "alpha", 1) * scale;
  const double inputScale = e.number(3, "input_scale", 1);
  const bool isResult = e.number(4, "is_result", 0) != 0;
  const Expr below = isResult ? grad * inputScale * (x + negative)
                              : grad * (inputScale * negative) * exp(x * inputScale);
  return where(x.apply(ScalarFn::Le, 0), below, grad * scale);
}

/// z / (z + 1) with z = exp(beta x) is the sigmoid.
Expr softplusBackward(OpEmitter& e) {
  const Expr grad = e.x(0);
  const Expr scaled = e.x(1) * e.number(2, "beta", 1);
  const Expr isLinear = scaled.apply(ScalarFn::Gt, e.number(3, "threshold", 20));
  return where(isLinear, grad, grad * sigmoid(scaled));
}

Expr mishBackward(OpEmitter& e) {
  const Expr x = e.x(1);
  const Expr t = tanh(log1p(exp(x)));
  return e.x(0) * (t + x * sigmoid(x) * (1.0 - t * t));
}

/// `buffer` is exp(-|x|), from the forward.
Expr logSigmoidBackward(OpEmitter& e) {
  const Expr isNegative = e.x(1).apply(ScalarFn::Lt, 0);
  const Expr buffer = e.x(2);
  const Expr fraction = buffer / (1.0 + buffer);
  return e.x(0) * where(isNegative, 1.0 - fraction, fraction);
}

Expr dropoutBackward(OpEmitter& e) {
  const Expr grad = e.x(0);
  return grad * (e.x(1) * e.number(2, "scale", 1));
}

constexpr std::array kGradients{
    Lowering{"aten.threshold_backward.default", thresholdBackward},
    Lowering{"aten.gelu_backward.default", geluBackward},
    Lowering{"aten.silu_backward.default", siluBackward},
    Lowering{"aten.sigmoid_backward.default", sigmoidBackward},
    Lowering{"aten.tanh_backward.default", tanhBackward},
    Lowering{"aten.leaky_relu_backward.default", leakyReluBackward},
    Lowering{"aten.hardtanh_backward.default", hardtanhBackward},
    Lowering{"aten.hardswish_backward.default", hardswishBackward},
    Lowering{"aten.hardsigmoid_backward.default", hardsigmoidBackward},
    Lowering{"aten.elu_backward.default", eluBackward},
    Lowering{"aten.softplus_backward.default", softplusBackward},
    Lowering{"aten.mish_backward.default", mishBackward},
    Lowering{"aten.log_sigmoid_backward.default", logSigmoidBackward},
    Lowering{"aten.native_dropout_backward.default", dropoutBackward},
};

}  // namespace

std::span<const Lowering> activationGradientLowerings() {
  return kGradients;
}

}  // namespace core::schedule
