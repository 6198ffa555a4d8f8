// Derivatives of activations.

#include <numbers>

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

Tensor sigmoidGradient(Tensor grad, Tensor result) {
  const Opmath cast({&grad, &result});
  const Tensor complement = 1_n - result;
  return cast.back(grad * at::conj_physical(result * complement));
}

Tensor tanhGradient(Tensor grad, Tensor result) {
  const Opmath cast({&grad, &result});
  const Tensor square = result * result;
  return cast.back(grad * at::conj_physical(1_n - square));
}

Tensor thresholdGradient(const Tensor& grad, const Tensor& self, const Scalar& threshold) {
  return at::where(at::le(self, threshold), Scalar(std::int64_t{0}), grad);
}

Tensor hardtanhGradient(const Tensor& grad, const Tensor& self, const Scalar& low,
                        const Scalar& high) {
  const Tensor below = at::le(self, low);
  const Tensor above = at::ge(self, high);
  return at::where(at::bitwise_or(below, above), Scalar(0.0), grad);
}

Tensor siluGradient(Tensor grad, Tensor self) {
  const Opmath cast({&grad, &self});
  const Tensor denominator = at::exp(-self) + 1_n;
  const Tensor sigmoid = divided(std::int64_t{1}, denominator);
  const Tensor scaled = grad * sigmoid;
  const Tensor slope = self * (1_n - sigmoid);
  return cast.back(scaled * (slope + 1_n));
}

/// erf(x / sqrt 2): the derivative is the normal distribution's.
Tensor exactGeluGradient(const Tensor& grad, const Tensor& self) {
  constexpr double kAlpha = std::numbers::sqrt2 / 2;
  constexpr double kBeta = 2 * std::numbers::inv_sqrtpi * kAlpha * 0.5;
  const Tensor cumulative = (at::erf(self * number(kAlpha)) + 1_n) * 0.5_n;
  const Tensor density = at::exp(self * self * number(-0.5)) * number(kBeta);
  return grad * (cumulative + self * density);
}

Tensor tanhGeluGradient(const Tensor& grad, const Tensor& self) {
  constexpr double kBeta = std::numbers::sqrt2 * (2 * std::numbers::inv_sqrtpi) * 0.5;
  constexpr double kKappa = 0.044715;
  const Tensor square = self * self;
  const Tensor cube = square * self;
  const Tensor inner = (self + cube * number(kKappa)) * number(kBeta);
  const Tensor tanh = at::tanh(inner);
  const Tensor left = self * 0.5_n;
  const Tensor right = tanh + 1_n;
  const Tensor leftSlope = right * 0.5_n;
  const Tensor tanhSquare = tanh * tanh;
  const Tensor tanhSlope = 1_n - tanhSquare;
  const Tensor innerSlope = (square * number(3 * kKappa) + 1_n) * number(kBeta);
  const Tensor rightSlope = left * tanhSlope * innerSlope;
  return grad * (leftSlope + rightSlope);
}

Tensor geluGradient(Tensor grad, Tensor self, const std::string& approximate) {
  const Opmath cast({&grad, &self});
  return cast.back(approximate == "tanh" ? tanhGeluGradient(grad, self)
                                         : exactGeluGradient(grad, self));
}

Tensor eluGradient(Tensor grad, const Scalar& alpha, const Scalar& scale, const Scalar& inputScale,
                   bool isResult, Tensor self) {
  const Opmath cast({&grad, &self});
  const bool integers = alpha.isIntegral(true) && scale.isIntegral(true);
  const Tensor negative = number(integers ? Scalar(alpha.toLong() * scale.toLong())
                                          : Scalar(alpha.toDouble() * scale.toDouble()));
  const Tensor isNegative = at::le(self, 0);
  Tensor below = grad * number(inputScale);
  if (isResult) {
    below = below * (self + negative);
  } else {
    below = below * negative;
    below = below * at::exp(self * number(inputScale));
  }
  const Tensor above = grad * number(scale);
  return cast.back(at::where(isNegative, below, above));
}

Tensor leakyReluGradient(Tensor grad, Tensor self, const Scalar& slope, bool) {
  const Opmath cast({&grad, &self});
  const Tensor isPositive = at::gt(self, 0);
  return cast.back(at::where(isPositive, grad, grad * number(slope)));
}

Tensor softplusGradient(Tensor grad, Tensor self, const Scalar& beta, const Scalar& threshold) {
  const Opmath cast({&grad, &self});
  const Tensor z = at::exp(self * number(beta));
  const Tensor isLinear = at::gt(self * number(beta), threshold);
  const Tensor scaled = grad * z;
  const Tensor curved = scaled / (z + 1.0_n);
  return cast.back(at::where(isLinear, grad, curved));
}

Tensor hardswishGradient(Tensor grad, Tensor self) {
  const Opmath cast({&grad, &self});
  const Tensor isZero = at::le(self, -3);
  const Tensor isCurved = at::lt(self, 3);
  const Tensor slope = self / 3_n + 0.5_n;
  const Tensor inner = at::where(isCurved, grad * slope, grad);
  return cast.back(at::where(isZero, Scalar(0.0), inner));
}

Tensor hardsigmoidGradient(Tensor grad, Tensor self) {
  const Opmath cast({&grad, &self});
  const Tensor above = at::gt(self, -3.0);
  const Tensor below = at::lt(self, 3.0);
  const Tensor isSloped = at::bitwise_and(above, below);
  return cast.back(at::where(isSloped, grad * number(1.0 / 6.0), Scalar(0.0)));
}

Tensor mishGradient(Tensor grad, Tensor self) {
  const Opmath cast({&grad, &self});
  const Tensor tanh = at::tanh(at::softplus(self));
  const Tensor sigmoid = at::sigmoid(self);
  const Tensor scaled = self * sigmoid;
  const Tensor square = tanh * tanh;
  const Tensor out = scaled * (1_n - square);
  return cast.back(grad * (tanh + out));
}

Tensor gluGradient(Tensor grad, Tensor self, std::int64_t dim) {
  const Opmath cast({&grad, &self});
  const std::int64_t axis = wrapped(dim, self.dim());
  const std::int64_t half = self.size(axis) / 2;
  TORCH_CHECK(self.size(axis) % 2 == 0, "glu_backward: the dimension must be even");
  const Tensor first = self.narrow(axis, 0, half);
  const Tensor second = self.narrow(axis, half, half);
  const Tensor sigmoid = at::sigmoid(second);
  const Tensor secondGradient = (1.0_n - sigmoid) * sigmoid * first * grad;
  const Tensor firstGradient = sigmoid * grad;
  return cast.back(at::cat({firstGradient, secondGradient}, axis));
}

Tensor logSigmoidGradient(Tensor grad, Tensor self, Tensor buffer) {
  const Opmath cast({&grad, &self, &buffer});
  const Tensor isNegative = at::lt(self, 0);
  const Tensor slope = at::where(isNegative, Scalar(std::int64_t{1}), Scalar(std::int64_t{0}));
  const Tensor sign = at::where(isNegative, Scalar(std::int64_t{1}), Scalar(std::int64_t{-1}));
  const Tensor z = at::exp(-at::abs(self));
  const Tensor fraction = z / (z + 1_n);
  const Tensor signedFraction = sign * fraction;
  return cast.back(grad * (slope - signedFraction));
}

std::tuple<Tensor, Tensor> preluGradient(const Tensor& grad, const Tensor& self,
                                         const Tensor& weight) {
  const Tensor isPositive = at::gt(self, 0);
  const Tensor inputGradient = at::where(isPositive, grad, weight * grad);
  const Tensor isPositiveToo = at::gt(self, 0);
  return {inputGradient, at::where(isPositiveToo, Scalar(0.0), self * grad)};
}

}  // namespace

void enterActivationGradients(Table& table) {
  enter<sigmoidGradient>(table, {"sigmoid_backward"});
  enter<tanhGradient>(table, {"tanh_backward"});
  enter<thresholdGradient>(table, {"threshold_backward"});
  enter<hardtanhGradient>(table, {"hardtanh_backward"});
  enter<siluGradient>(table, {"silu_backward"});
  enter<geluGradient>(table, {"gelu_backward"});
  enter<eluGradient>(table, {"elu_backward"});
  enter<leakyReluGradient>(table, {"leaky_relu_backward"});
  enter<softplusGradient>(table, {"softplus_backward"});
  enter<hardswishGradient>(table, {"hardswish_backward"});
  enter<hardsigmoidGradient>(table, {"hardsigmoid_backward"});
  enter<mishGradient>(table, {"mish_backward"});
  enter<gluGradient>(table, {"glu_backward"});
  enter<logSigmoidGradient>(table, {"log_sigmoid_backward"});
  enter<preluGradient>(table, {"_prelu_kernel_backward"});
}

}  // namespace core::trace::decompositions
