// Reductions, order statistics and scans.

#include <ATen/WrapDimUtils.h>

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

// Complex values have a real variance.
at::TensorOptions varianceOptions(const Tensor& self) {
  return self.options().dtype(c10::toRealValueType(self.scalar_type()));
}

Tensor variance(const Tensor& self, at::OptionalIntArrayRef dims, const std::optional<at::Scalar>&,
                bool keepDim) {
  return at::empty(reducedSizes(self, dims, keepDim), varianceOptions(self));
}

Tensor& varianceOut(const Tensor& self, at::OptionalIntArrayRef dims,
                    const std::optional<at::Scalar>&, bool keepDim, Tensor& out) {
  out.resize_(reducedSizes(self, dims, keepDim));
  return out;
}

TwoTensors varianceAndMean(const Tensor& self, at::OptionalIntArrayRef dims,
                           const std::optional<at::Scalar>&, bool keepDim) {
  const Sizes sizes = reducedSizes(self, dims, keepDim);
  return {at::empty(sizes, varianceOptions(self)), sized(sizes, self)};
}

Tensor overAll(const Tensor& self) {
  return scalarLike(self);
}

Tensor& overAllOut(const Tensor&, Tensor& out) {
  out.resize_({});
  return out;
}

Tensor product(const Tensor& self, std::optional<at::ScalarType> dtype) {
  return at::empty({}, self.options().dtype(sumType(self, dtype)));
}

Tensor trace(const Tensor& self) {
  TORCH_CHECK(self.dim() == 2, "trace: expected a matrix");
  return at::empty({}, self.options().dtype(sumType(self, std::nullopt)));
}

Tensor nanSum(const Tensor& self, at::OptionalIntArrayRef dims, bool keepDim,
              std::optional<at::ScalarType> dtype) {
  return at::empty(reducedSizes(self, dims, keepDim), self.options().dtype(sumType(self, dtype)));
}

Tensor countNonzero(const Tensor& self, at::IntArrayRef dims) {
  return at::empty(reducedSizes(self, dims, false), self.options().dtype(at::kLong));
}

Tensor logSumExp(const Tensor& self, at::IntArrayRef dims, bool keepDim) {
  return at::empty(reducedSizes(self, dims, keepDim), self.options().dtype(floatType(self)));
}

// Arguments: the tensor, perhaps a rank, then dimension, keepdim, values and indices. Boxed,
// because a tuple of references does not survive the way from an unboxed kernel to a boxed caller.
void valuesAndIndicesOut(const c10::OperatorHandle& op, Stack* stack) {
  auto arguments = ::torch::jit::pop(*stack, op.schema().arguments().size());
  const auto last = arguments.end();
  const std::int64_t dim = last[-4].toInt();
  const Sizes sizes =
      reducedSizes(arguments[0].toTensor(), at::IntArrayRef(dim), last[-3].toBool());
  for (const auto& out : {last[-2], last[-1]}) stack->emplace_back(out.toTensor().resize_(sizes));
}

TwoTensors mode(const Tensor& self, std::int64_t dim, bool keepDim) {
  const Sizes sizes = reducedSizes(self, at::IntArrayRef(dim), keepDim);
  return {sized(sizes, self), at::empty(sizes, self.options().dtype(at::kLong))};
}

Tensor histogram(const Tensor& self, std::int64_t bins, const at::Scalar&, const at::Scalar&) {
  return sized({bins}, self);
}

TwoTensors histogramAndEdges(const Tensor& self, std::int64_t bins,
                             std::optional<at::ArrayRef<double>>, const OptionalTensor&, bool) {
  return {sized({bins}, self), sized({bins + 1}, self)};
}

// Segments lie along one dimension, as lengths or as offsets with one more at the end.
Tensor segmentReduce(const Tensor& data, c10::string_view, const OptionalTensor& lengths,
                     const OptionalTensor&, const OptionalTensor& offsets, std::int64_t axis, bool,
                     const std::optional<at::Scalar>&) {
  TORCH_CHECK(given(lengths) || given(offsets), "segment_reduce: lengths or offsets are needed");
  Sizes sizes = data.sizes().vec();
  const std::int64_t dim = at::maybe_wrap_dim(axis, data.dim());
  sizes[static_cast<std::size_t>(dim)] =
      given(lengths) ? lengths->size(dim) : offsets->size(dim) - 1;
  return sized(sizes, data);
}

}  // namespace

void addReductions(MetaLibrary& library) {
  library.add("var.correction", &variance);
  library.add("std.correction", &variance);
  library.add("var.correction_out", &varianceOut);
  library.add("std.correction_out", &varianceOut);
  library.add("var_mean.correction", &varianceAndMean);
  library.add("std_mean.correction", &varianceAndMean);
  library.add("max", &overAll);
  library.add("min", &overAll);
  library.add("max.unary_out", &overAllOut);
  library.add("min.unary_out", &overAllOut);
  library.add("median", &overAll);
  library.add("nanmedian", &overAll);
  library.addBoxed<valuesAndIndicesOut>(
      {"median.dim_values", "nanmedian.dim_values", "kthvalue.values"});
  library.add("mode", &mode);
  library.add("prod", &product);
  library.add("trace", &trace);
  library.add("nansum", &nanSum);
  library.add("count_nonzero.dim_IntList", &countNonzero);
  library.add("logsumexp", &logSumExp);
  library.add("histc", &histogram);
  library.add("histogram.bin_ct", &histogramAndEdges);
  library.add("segment_reduce", &segmentReduce);
  library.addBoxed<contiguousLikeArguments<2>>({"_segment_reduce_backward"});
  library.addBoxed<contiguousLikeArguments<0>>({"_logcumsumexp"});
  library.addBoxed<noResult>({"_cummax_helper", "_cummin_helper"});
}

}  // namespace core::trace::meta
