// Regression and margin losses and their derivatives. A mean is taken as the whole loss divided by
// the number of elements, which the derivative knows as a number.

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

/// `whole`, or its share of one element for a mean.
Tensor weightOf(double whole, const Tensor& elements, std::int64_t reduction) {
  const bool isMean = reduction == at::Reduction::Mean;
  return number(isMean ? whole / static_cast<double>(elements.numel()) : whole);
}

Tensor meanSquare(Tensor self, Tensor target, std::int64_t reduction) {
  const Opmath cast({&self, &target});
  return cast.back(reduced(at::pow(self - target, Scalar(std::int64_t{2})), reduction));
}

Tensor meanSquareGradient(Tensor grad, Tensor self, Tensor target, std::int64_t reduction) {
  const Opmath cast({&grad, &self, &target});
  const Tensor norm = weightOf(2.0, self, reduction);
  return cast.back((self - target) * norm * grad);
}

Tensor smoothL1(Tensor self, Tensor target, std::int64_t reduction, double beta) {
  const Opmath cast({&self, &target});
  const Tensor loss = at::abs(self - target);
  const Tensor isSmall = at::lt(loss, beta);
  const Tensor square = at::pow(loss, Scalar(std::int64_t{2})) * 0.5_n / number(beta);
  const Tensor linear = loss - number(0.5 * beta);
  return cast.back(reduced(at::where(isSmall, square, linear), reduction));
}

Tensor smoothL1Gradient(Tensor grad, Tensor self, Tensor target, std::int64_t reduction,
                        double beta) {
  const Opmath cast({&grad, &self, &target});
  const Tensor norm = weightOf(1.0, self, reduction);
  const Tensor x = self - target;
  const Tensor size = at::abs(x);
  const Tensor scaled = grad * norm;
  const Tensor isSmall = at::lt(size, beta);
  const Tensor inner = scaled * x / number(beta);
  return cast.back(at::where(isSmall, inner, scaled * at::sign(x)));
}

Tensor huber(Tensor self, Tensor target, std::int64_t reduction, double delta) {
  const Opmath cast({&self, &target});
  const Tensor z = at::abs(self - target);
  const Tensor isSmall = at::lt(z, delta);
  const Tensor square = z * 0.5_n * z;
  const Tensor linear = (z - number(0.5 * delta)) * number(delta);
  return cast.back(reduced(at::where(isSmall, square, linear), reduction));
}

Tensor huberGradient(Tensor grad, Tensor self, Tensor target, std::int64_t reduction,
                     double delta) {
  const Opmath cast({&grad, &self, &target});
  const Tensor norm = weightOf(1.0, self, reduction);
  const Tensor x = self - target;
  const Tensor isBelow = at::lt(x, -delta);
  const Tensor below = grad * weightOf(-1.0, self, reduction) * number(delta);
  const Tensor isAbove = at::gt(x, delta);
  const Tensor above = grad * norm * number(delta);
  const Tensor inner = at::where(isAbove, above, x * norm * grad);
  return cast.back(at::where(isBelow, below, inner));
}

Tensor softMargin(Tensor self, Tensor target, std::int64_t reduction) {
  const Opmath cast({&self, &target});
  return cast.back(reduced(at::log1p(at::exp(-self * target)), reduction));
}

Tensor softMarginGradient(Tensor grad, Tensor self, Tensor target, std::int64_t reduction) {
  const Opmath cast({&grad, &self, &target});
  const Tensor scaled = target * grad;
  Tensor result = scaled * (at::sigmoid(target * self) - 1_n);
  if (reduction == at::Reduction::Mean) result = result / number(self.numel());
  return cast.back(result);
}

/// A logarithm, not below -100.
Tensor heldLogarithm(const Tensor& logarithm) {
  return at::maximum(logarithm, logarithm.new_full({}, Scalar(std::int64_t{-100})));
}

Tensor crossEntropy(Tensor self, Tensor target, Tensor weight, std::int64_t reduction) {
  const Opmath cast({&self, &target, &weight});
  const Tensor negative = target - 1_n;
  const Tensor first = negative * heldLogarithm(at::log1p(-self));
  const Tensor second = target * heldLogarithm(at::log(self));
  Tensor loss = first - second;
  if (weight.defined()) loss = loss * weight;
  return cast.back(reduced(loss, reduction));
}

Tensor crossEntropyGradient(Tensor grad, Tensor self, Tensor target, Tensor weight,
                            std::int64_t reduction) {
  constexpr double kSmallest = 1e-12;
  const Opmath cast({&grad, &self, &target, &weight});
  const Tensor scaled = grad * (self - target);
  const Tensor complement = 1_n - self;
  const Tensor variance = self * complement;
  Tensor result = scaled / at::clamp(variance, Scalar(kSmallest), std::nullopt);
  if (weight.defined()) result = result * weight;
  if (reduction == at::Reduction::Mean) result = result / number(self.numel());
  return cast.back(result);
}

Tensor crossEntropyOfLogits(const Tensor& self, const Tensor& target, const Tensor& weight,
                            const Tensor& positiveWeight, std::int64_t reduction) {
  Tensor logWeight;
  if (positiveWeight.defined()) logWeight = (positiveWeight - 1_n) * target + 1_n;
  const Tensor complement = 1_n - target;
  const Tensor linear = complement * self;
  const Tensor logarithm = at::log_sigmoid(self);
  Tensor loss = linear - (logWeight.defined() ? logWeight * logarithm : logarithm);
  if (weight.defined()) loss = loss * weight;
  return reduced(loss, reduction);
}

}  // namespace

void enterLosses(Table& table) {
  enter<meanSquare>(table, {"mse_loss"});
  enter<meanSquareGradient>(table, {"mse_loss_backward"});
  enter<smoothL1>(table, {"smooth_l1_loss"});
  enter<smoothL1Gradient>(table, {"smooth_l1_loss_backward"});
  enter<huber>(table, {"huber_loss"});
  enter<huberGradient>(table, {"huber_loss_backward"});
  enter<softMargin>(table, {"soft_margin_loss"});
  enter<softMarginGradient>(table, {"soft_margin_loss_backward"});
  enter<crossEntropy>(table, {"binary_cross_entropy"});
  enter<crossEntropyGradient>(table, {"binary_cross_entropy_backward"});
  enter<crossEntropyOfLogits>(table, {"binary_cross_entropy_with_logits"});
}

}  // namespace core::trace::decompositions
