// Reductions over everything, norms and standard deviations, in sum, any, var, amin and amax.

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

using Dims = std::optional<Sizes>;
using Dtype = std::optional<ScalarType>;

at::OptionalIntArrayRef asDims(const Dims& dims) {
  return dims ? at::OptionalIntArrayRef(*dims) : std::nullopt;
}

Tensor sum(const Tensor& self, Dtype dtype) {
  return at::sum(self, at::IntArrayRef(), false, dtype);
}

Tensor sumWithoutNan(const Tensor& self, const Dims& dims, bool keep, Dtype dtype) {
  const Tensor isNan = at::isnan(self);
  const Tensor counted = at::where(isNan, Scalar(std::int64_t{0}), self);
  return at::sum(counted, asDims(dims), keep, dtype);
}

Tensor countNonzero(const Tensor& self, std::optional<std::int64_t> dim) {
  const Tensor isCounted = at::ne(self, 0);
  return dim ? at::sum(isCounted, at::IntArrayRef{*dim}) : at::sum(isCounted);
}

Tensor countNonzeroAlong(const Tensor& self, const Sizes& dims) {
  return at::sum(at::ne(self, 0), dims);
}

/// Bytes stay bytes.
Tensor asTruth(const Tensor& like, const Tensor& result) {
  return like.scalar_type() == ScalarType::Byte ? result.to(ScalarType::Byte) : result;
}

Tensor all(const Tensor& self) {
  return asTruth(self, at::logical_not(at::any(at::logical_not(self))));
}

Tensor allAlong(const Tensor& self, std::int64_t dim, bool keep) {
  return asTruth(self, at::logical_not(at::any(at::logical_not(self), dim, keep)));
}

Tensor allAlongSome(const Tensor& self, const Dims& dims, bool keep) {
  return asTruth(self, at::logical_not(at::any(at::logical_not(self), asDims(dims), keep)));
}

std::tuple<Tensor, Tensor> extremes(const Tensor& self, std::optional<std::int64_t> dim,
                                    bool keep) {
  const Sizes dims = dim ? Sizes{*dim} : Sizes();
  const Tensor least = at::amin(self, dims, keep);
  return {least, at::amax(self, dims, keep)};
}

Scalar orOne(const std::optional<Scalar>& correction) {
  return Scalar(correction ? correction->toDouble() : 1.0);
}

Tensor deviation(const Tensor& self, const Dims& dims, const std::optional<Scalar>& correction,
                 bool keep) {
  const Tensor input = self.to(computingType(self.scalar_type()));
  const Tensor variance = at::var(input, asDims(dims), orOne(correction), keep);
  return at::sqrt(variance).to(self.scalar_type());
}

std::tuple<Tensor, Tensor> deviationAndMean(const Tensor& self, const Dims& dims,
                                            const std::optional<Scalar>& correction, bool keep) {
  const Tensor input = self.to(computingType(self.scalar_type()));
  const auto [variance, mean] = at::var_mean(input, asDims(dims), orOne(correction), keep);
  const Tensor root = at::sqrt(variance).to(self.scalar_type());
  return {root, mean.to(self.scalar_type())};
}

Tensor normOf(const Tensor& self, const std::optional<Scalar>& order, const Dims& dims, bool keep,
              Dtype dtype) {
  return at::linalg_vector_norm(self, order.value_or(Scalar(std::int64_t{2})), asDims(dims), keep,
                                dtype);
}

Tensor norm(const Tensor& self, const Scalar& order) {
  return normOf(self, order, {}, false, {});
}

Tensor normAs(const Tensor& self, const std::optional<Scalar>& order, ScalarType dtype) {
  return normOf(self, order, {}, false, dtype);
}

Tensor normAlong(const Tensor& self, const std::optional<Scalar>& order, const Sizes& dims,
                 bool keep) {
  return normOf(self, order, dims, keep, {});
}

Tensor normAlongAs(const Tensor& self, const std::optional<Scalar>& order, const Sizes& dims,
                   bool keep, ScalarType dtype) {
  return normOf(self, order, dims, keep, dtype);
}

}  // namespace

void enterReductions(Table& table) {
  enter<sum>(table, {"sum"});
  enter<sumWithoutNan>(table, {"nansum"});
  enter<countNonzero>(table, {"count_nonzero"});
  enter<countNonzeroAlong>(table, {"count_nonzero.dim_IntList"});
  enter<all>(table, {"all"});
  enter<allAlong>(table, {"all.dim"});
  enter<allAlongSome>(table, {"all.dims"});
  enter<extremes>(table, {"aminmax"});
  enter<deviation>(table, {"std.correction"});
  enter<deviationAndMean>(table, {"std_mean.correction"});
  enter<norm>(table, {"norm.Scalar"});
  enter<normAs>(table, {"norm.ScalarOpt_dtype"});
  enter<normAlong>(table, {"norm.ScalarOpt_dim"});
  enter<normAlongAs>(table, {"norm.ScalarOpt_dim_dtype"});
}

}  // namespace core::trace::decompositions
