// Pointwise functions in arithmetic, comparisons and where.

#include <limits>
#include <numbers>

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Tensor addProduct(Tensor self, Tensor first, Tensor second, const Scalar& value) {
  const Opmath cast({&self, &first, &second});
  return cast.back(self + first * number(value) * second);
}

Tensor addQuotient(Tensor self, Tensor first, Tensor second, const Scalar& value) {
  const Opmath cast({&self, &first, &second}, Promotion::IntegersToFloat);
  return cast.back(self + first * number(value) / second);
}

/// Near both ends the product is with the smaller weight, where numbers are densest.
Tensor interpolated(const Tensor& start, const Tensor& end, const Tensor& weight) {
  const Tensor isNearEnd = at::ge(at::abs(weight), 0.5);
  const Tensor coefficient = at::where(isNearEnd, weight - 1_n, weight);
  const Tensor base = at::where(isNearEnd, end, start);
  return coefficient * (end - start) + base;
}

Tensor lerpBy(Tensor start, Tensor end, Tensor weight) {
  const Opmath cast({&start, &end, &weight});
  return cast.back(interpolated(start, end, weight));
}

Tensor lerp(Tensor start, Tensor end, const Scalar& weight) {
  const Opmath cast({&start, &end});
  const Tensor everywhere = start.new_full({}, Scalar(weight.toDouble()));
  return cast.back(interpolated(start, end, everywhere));
}

Tensor subtractedFrom(const Tensor& self, const Tensor& other, const Scalar& alpha) {
  return at::sub(other, self, alpha);
}

Tensor subtractedFromNumber(const Tensor& self, const Scalar& other, const Scalar& alpha) {
  return at::sub(number(other), self, alpha);
}

Tensor clampMin(const Tensor& self, const Scalar& least) {
  return at::clamp(self, least, std::nullopt);
}

Tensor clampMinTensor(const Tensor& self, const Tensor& least) {
  return at::clamp(self, std::optional<Tensor>(least), std::optional<Tensor>());
}

Tensor clampMax(const Tensor& self, const Scalar& most) {
  return at::clamp(self, std::nullopt, most);
}

Tensor clampMaxTensor(const Tensor& self, const Tensor& most) {
  return at::clamp(self, std::optional<Tensor>(), std::optional<Tensor>(most));
}

Tensor sgn(Tensor self) {
  const Opmath cast({&self});
  if (!self.is_complex()) return cast.back(at::sign(self));
  const Tensor size = at::abs(self);
  const Tensor isZero = at::eq(size, 0);
  return cast.back(at::where(isZero, Scalar(std::int64_t{0}), self / size));
}

Tensor fraction(Tensor self) {
  const Opmath cast({&self});
  const Tensor whole = at::floor(at::abs(self));
  return cast.back(self - whole * at::sign(self));
}

Tensor degreesToRadians(Tensor self) {
  const Opmath cast({&self}, Promotion::IntegersToFloat);
  return cast.back(self * number(0.017453292519943295));
}

Tensor radiansToDegrees(Tensor self) {
  const Opmath cast({&self}, Promotion::IntegersToFloat);
  return cast.back(self * number(57.29577951308232));
}

Tensor sinc(Tensor self) {
  const Opmath cast({&self}, Promotion::IntegersToFloat);
  const Tensor angle = self * number(std::numbers::pi);
  const Tensor isZero = at::eq(angle, 0);
  return cast.back(at::where(isZero, Scalar(std::int64_t{1}), at::sin(angle) / angle));
}

Tensor floorDivide(const Tensor& self, const Tensor& other) {
  return at::div(self, other, "floor");
}

Tensor floorDivideBy(const Tensor& self, const Scalar& other) {
  return at::div(self, number(other), "floor");
}

Tensor heaviside(Tensor self, Tensor values) {
  const Opmath cast({&self, &values});
  const Tensor isZero = at::eq(self, 0);
  const Tensor isNegative = at::lt(self, 0);
  const Tensor isBelow = at::logical_or(isNegative, at::isnan(self));
  const Tensor step = at::where(isBelow, Scalar(std::int64_t{0}), Scalar(std::int64_t{1}));
  return cast.back(at::where(isZero, values, step));
}

Tensor logAddExp(Tensor self, Tensor other) {
  const Opmath cast({&self, &other});
  const Tensor isLarger = at::ge(self, other);
  const Tensor larger = at::where(isLarger, self, other);
  const Tensor smaller = at::where(isLarger, other, self);
  const Tensor isInfinite = at::logical_not(at::isfinite(self));
  const Tensor isSame = at::logical_and(isInfinite, at::eq(self, other));
  const Tensor sum = larger + at::log1p(at::exp(smaller - larger));
  return cast.back(at::where(isSame, self, sum));
}

Tensor logAddExp2(Tensor self, Tensor other) {
  const Opmath cast({&self, &other});
  const Tensor isLarger = at::ge(self, other);
  const Tensor larger = at::where(isLarger, self, other);
  const Tensor smaller = at::where(isLarger, other, self);
  const Tensor isInfinite = at::isinf(self);
  const Tensor isSame = at::logical_and(isInfinite, at::eq(self, other));
  const Tensor sum =
      larger + at::log1p(at::exp2(smaller - larger)) * number(1.0 / std::numbers::ln2);
  return cast.back(at::where(isSame, self, sum));
}

Tensor logit(Tensor self, std::optional<double> epsilon) {
  const Opmath cast({&self}, Promotion::IntegersToFloat);
  const double low = epsilon.value_or(-1.0), high = 1 - low;
  const Tensor isBelow = at::lt(self, low);
  const Tensor isAbove = at::gt(self, high);
  const Tensor held = at::where(isAbove, Scalar(high), self);
  const Tensor probability = at::where(isBelow, Scalar(low), held);
  return cast.back(at::log(probability / (1_n - probability)));
}

Tensor logitGradient(Tensor grad, Tensor self, std::optional<double> epsilon) {
  const Opmath cast({&grad, &self});
  const double low = epsilon.value_or(0.0);
  const Tensor isAbove = at::ge(self, low);
  const Tensor isInside = at::logical_and(isAbove, at::le(self, 1.0 - low));
  const Tensor complement = 1.0_n - self;
  const Tensor slope = grad / (self * complement);
  if (epsilon) return cast.back(at::where(isInside, slope, Scalar(0.0)));
  return cast.back(at::where(isInside, slope, self.new_full({}, Scalar(kNaN))));
}

Tensor isPositiveInfinity(Tensor self) {
  const Opmath cast({&self});
  if (self.is_floating_point()) return at::eq(self, kInfinity);
  return at::zeros_like(self, at::TensorOptions().dtype(ScalarType::Bool));
}

Tensor isNegativeInfinity(Tensor self) {
  const Opmath cast({&self});
  if (self.is_floating_point()) return at::eq(self, -kInfinity);
  return at::zeros_like(self, at::TensorOptions().dtype(ScalarType::Bool));
}

/// The largest number of a floating-point type.
double largestOf(ScalarType dtype) {
  switch (dtype) {
    case ScalarType::Double: return std::numeric_limits<double>::max();
    case ScalarType::Half: return std::numeric_limits<at::Half>::max();
    case ScalarType::BFloat16: return std::numeric_limits<at::BFloat16>::max();
    default: return std::numeric_limits<float>::max();  // the only other one with a kernel
  }
}

Tensor nanToNumber(const Tensor& self, std::optional<double> nan, std::optional<double> positive,
                   std::optional<double> negative) {
  if (at::isIntegralType(self.scalar_type(), true)) return self.clone();
  const double largest = largestOf(self.scalar_type());
  const Tensor isNan = at::isnan(self);
  Tensor result = at::where(isNan, Scalar(nan.value_or(0.0)), self);
  const Tensor isNegative = at::isneginf(self);
  result = at::where(isNegative, Scalar(negative.value_or(-largest)), result);
  const Tensor isPositive = at::isposinf(self);
  return at::where(isPositive, Scalar(positive.value_or(largest)), result);
}

/// a times a logarithm of b: 0 where a is 0, NaN where b is.
Tensor timesLogarithm(const Tensor& a, const Tensor& b, Tensor (*logarithm)(const Tensor&)) {
  const Tensor isZero = at::eq(a, 0);
  const Tensor product = a * logarithm(b);
  const Tensor inner = at::where(isZero, Scalar(std::int64_t{0}), product);
  const Tensor isNan = at::isnan(b);
  return at::where(isNan, Scalar(kNaN), inner);
}

Tensor xlogy(Tensor self, Tensor other) {
  const Opmath cast({&self, &other}, Promotion::IntegersToFloat);
  return cast.back(timesLogarithm(self, other, at::log));
}

Tensor xlog1py(Tensor self, Tensor other) {
  const Opmath cast({&self, &other}, Promotion::IntegersToFloat);
  return cast.back(timesLogarithm(self, other, at::log1p));
}

Tensor entropy(Tensor self) {
  const Opmath cast({&self}, Promotion::IntegersToFloat);
  const Tensor isNan = at::isnan(self);
  const Tensor isPositive = at::gt(self, 0);
  const Tensor negated = -self;
  const Tensor positive = negated * at::log(self);
  const Tensor isZero = at::eq(self, 0);
  const Tensor other = at::where(isZero, Scalar(std::int64_t{0}), Scalar(-kInfinity));
  return cast.back(at::where(isNan, self, at::where(isPositive, positive, other)));
}

Tensor logNormalCdf(Tensor self) {
  const Opmath cast({&self}, Promotion::IntegersToFloat);
  const Tensor t = self * number(std::numbers::sqrt2 / 2);
  const Tensor isSmall = at::lt(self, 1.0);
  const Tensor scaled = at::log(at::special_erfcx(-t) / 2_n);
  const Tensor left = scaled - t * t;
  const Tensor right = at::log1p(-at::erfc(t) / 2_n);
  return cast.back(at::where(isSmall, left, right));
}

Tensor multivariateLogGamma(Tensor self, std::int64_t dims) {
  const Opmath cast({&self}, Promotion::IntegersToFloat);
  const auto p = static_cast<double>(dims);
  const Tensor offset =
      range(Scalar(1 - dims), Scalar(std::int64_t{1}), self.scalar_type()) * 0.5_n;
  const Tensor terms = at::lgamma(self.unsqueeze(-1) + offset);
  const double constant = 0.25 * p * (p - 1) * std::log(std::numbers::pi);
  return cast.back(at::sum(terms, at::IntArrayRef{-1}) + number(constant));
}

Tensor dropoutGradient(const Tensor& grad, const Tensor& mask, double scale) {
  const Tensor factor = mask.type_as(grad) * number(scale);
  return (grad * factor).clone(grad.suggest_memory_format());
}

}  // namespace

void enterPointwise(Table& table) {
  enter<addProduct>(table, {"addcmul"});
  enter<addQuotient>(table, {"addcdiv"});
  enter<lerp>(table, {"lerp.Scalar"});
  enter<lerpBy>(table, {"lerp.Tensor"});
  enter<subtractedFrom>(table, {"rsub.Tensor"});
  enter<subtractedFromNumber>(table, {"rsub.Scalar"});
  enter<clampMin>(table, {"clamp_min"});
  enter<clampMinTensor>(table, {"clamp_min.Tensor"});
  enter<clampMax>(table, {"clamp_max"});
  enter<clampMaxTensor>(table, {"clamp_max.Tensor"});
  enter<sgn>(table, {"sgn"});
  enter<fraction>(table, {"frac"});
  enter<degreesToRadians>(table, {"deg2rad"});
  enter<radiansToDegrees>(table, {"rad2deg"});
  enter<sinc>(table, {"sinc"});
  enter<floorDivide>(table, {"floor_divide"});
  enter<floorDivideBy>(table, {"floor_divide.Scalar"});
  enter<heaviside>(table, {"heaviside"});
  enter<logAddExp>(table, {"logaddexp"});
  enter<logAddExp2>(table, {"logaddexp2"});
  enter<logit>(table, {"logit"});
  enter<logitGradient>(table, {"logit_backward"});
  enter<isPositiveInfinity>(table, {"isposinf"});
  enter<isNegativeInfinity>(table, {"isneginf"});
  enter<nanToNumber>(table, {"nan_to_num"});
  enter<xlogy>(table, {"xlogy.Tensor"});
  enter<xlog1py>(table, {"special_xlog1py"});
  enter<entropy>(table, {"special_entr"});
  enter<logNormalCdf>(table, {"special_log_ndtr"});
  enter<multivariateLogGamma>(table, {"mvlgamma"});
  enter<dropoutGradient>(table, {"native_dropout_backward"});
}

}  // namespace core::trace::decompositions
