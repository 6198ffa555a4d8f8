// The pieces that many decompositions have in common.

#include <ATen/native/TypeProperties.h>

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {

Tensor divided(const Scalar& dividend, const Tensor& x) {
  return at::reciprocal(x) * number(dividend);
}

Tensor filled(at::IntArrayRef sizes, const Scalar& value, std::optional<ScalarType> dtype) {
  const auto options = at::TensorOptions().layout(at::kStrided).device(at::kCPU);
  return at::full(sizes, value, options.dtype(dtype).pinned_memory(false));
}

Scalar zeroOf(ScalarType dtype) {
  return dtype == ScalarType::Bool ? Scalar(false) : Scalar(std::int64_t{0});
}

Scalar oneOf(ScalarType dtype) {
  return dtype == ScalarType::Bool ? Scalar(true) : Scalar(std::int64_t{1});
}

Tensor range(const Scalar& start, const Scalar& end, std::optional<ScalarType> dtype) {
  const auto options = at::TensorOptions().layout(at::kStrided).device(at::kCPU);
  return at::arange(start, end, Scalar(std::int64_t{1}), options.dtype(dtype).pinned_memory(false));
}

Tensor unsqueezeTo(Tensor x, std::int64_t rank) {
  for (std::int64_t missing = rank - x.dim(); missing > 0; --missing) x = x.unsqueeze(-1);
  return x;
}

std::int64_t wrapped(std::int64_t dim, std::int64_t rank) {
  return at::maybe_wrap_dim(dim, rank);
}

Sizes dimensionRange(std::int64_t first, std::int64_t last) {
  Sizes dims;
  for (std::int64_t d = first; d < last; ++d) dims.push_back(d);
  return dims;
}

Tensor reduced(const Tensor& loss, std::int64_t reduction) {
  if (reduction == at::Reduction::Mean) return at::mean(loss);
  if (reduction == at::Reduction::Sum) return at::sum(loss);
  return loss;
}

ScalarType computingType(ScalarType dtype) {
  switch (dtype) {
    case ScalarType::Half:
    case ScalarType::BFloat16: return ScalarType::Float;
    case ScalarType::ComplexHalf: return ScalarType::ComplexFloat;
    default: return dtype;  // every other dtype of LibTorch computes in itself
  }
}

Opmath::Opmath(std::initializer_list<Tensor*> operands, Promotion kind) {
  at::native::ResultTypeState state{};
  for (const Tensor* operand : operands)
    if (operand->defined()) state = at::native::update_result_type_state(*operand, state);
  m_result = at::native::result_type(state);
  if (kind == Promotion::IntegersToFloat && at::isIntegralType(m_result, true))
    m_result = at::typeMetaToScalarType(at::get_default_dtype());
  const ScalarType computing = computingType(m_result);
  for (Tensor* operand : operands)
    if (operand->defined()) *operand = operand->to(computing);
}

Tensor Opmath::back(const Tensor& result) const {
  return result.defined() ? result.to(m_result) : result;
}

}  // namespace core::trace::decompositions
