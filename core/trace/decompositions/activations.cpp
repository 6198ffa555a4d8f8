// Activations, in arithmetic, exp and where.

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

Tensor silu(Tensor self) {
  const Opmath cast({&self});
  return cast.back(self * at::sigmoid(self));
}

/// self + 3, held between 0 and 6.
Tensor relu6Shifted(const Tensor& self) {
  const Tensor atLeast = at::clamp(self + 3_n, Scalar(std::int64_t{0}), std::nullopt);
  return at::clamp(atLeast, std::nullopt, Scalar(std::int64_t{6}));
}

Tensor hardsigmoid(Tensor self) {
  const Opmath cast({&self});
  return cast.back(relu6Shifted(self) / 6_n);
}

Tensor hardswish(Tensor self) {
  const Opmath cast({&self});
  return cast.back(self * relu6Shifted(self) / 6_n);
}

Tensor softplus(Tensor self, const Scalar& beta, const Scalar& threshold) {
  const Opmath cast({&self});
  // PyTorch's body does not see an argument that has its default: the integer 1.
  const bool isScaled = !(beta.isIntegral(true) && beta.equal(1));
  const Tensor scaled = isScaled ? self * number(beta) : self;
  Tensor soft = at::log1p(at::exp(scaled));
  if (isScaled) soft = soft / number(beta);
  return cast.back(at::where(at::gt(scaled, threshold), self, soft));
}

Tensor mish(Tensor self) {
  const Opmath cast({&self});
  return cast.back(self * at::tanh(at::softplus(self)));
}

Tensor celu(Tensor self, const Scalar& alpha) {
  const Opmath cast({&self});
  // As with softplus: the default is the float 1.
  const bool isScaled = !(alpha.isFloatingPoint() && alpha.equal(1.0));
  const Tensor negative =
      isScaled ? at::expm1(self / number(alpha)) * number(alpha) : at::expm1(self);
  return cast.back(at::where(at::gt(self, 0), self, negative));
}

Tensor glu(Tensor self, std::int64_t dim) {
  const Opmath cast({&self});
  const std::vector<Tensor> halves = at::tensor_split(self, 2, wrapped(dim, self.dim()));
  return cast.back(halves[0] * at::sigmoid(halves[1]));
}

Tensor threshold(Tensor self, const Scalar& limit, const Scalar& value) {
  const Opmath cast({&self});
  return cast.back(at::where(at::le(self, limit), value, self));
}

Tensor prelu(const Tensor& self, const Tensor& weight) {
  const Tensor isPositive = at::gt(self, 0);
  return at::where(isPositive, self, weight * self);
}

std::tuple<Tensor, Tensor> logSigmoid(Tensor self) {
  const Opmath cast({&self});
  const Tensor least = at::minimum(self.new_zeros({}), self);
  const Tensor z = at::exp(-at::abs(self));
  const Tensor result = cast.back(least - at::log1p(z));
  return {result, cast.back(z)};
}

}  // namespace

void enterActivations(Table& table) {
  enter<silu>(table, {"silu"});
  enter<hardsigmoid>(table, {"hardsigmoid"});
  enter<hardswish>(table, {"hardswish"});
  enter<softplus>(table, {"softplus"});
  enter<mish>(table, {"mish"});
  enter<celu>(table, {"celu"});
  enter<glu>(table, {"glu"});
  enter<threshold>(table, {"threshold"});
  enter<prelu>(table, {"_prelu_kernel"});
  enter<logSigmoid>(table, {"log_sigmoid_forward"});
}

}  // namespace core::trace::decompositions
