// Products, distances and decompositions of matrices.

#include <ATen/ExpandUtils.h>

#include <algorithm>

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

Tensor dot(const Tensor& self, const Tensor& other) {
  TORCH_CHECK(self.dim() == 1 && self.sizes() == other.sizes(),
              "dot: expected two vectors of equal length, got ", self.sizes(), " and ",
              other.sizes());
  return scalarLike(self);
}

Tensor addBatchOfProducts(const Tensor& self, const Tensor& batch1, const Tensor& batch2,
                          const at::Scalar&, const at::Scalar&) {
  return sized({batch1.size(1), batch2.size(2)}, self);
}

// LAPACK works on columns: the last two dimensions of its results are stored transposed.
Tensor columnMajor(const Sizes& sizes, const at::TensorOptions& options) {
  Sizes transposed = sizes;
  std::swap(transposed[transposed.size() - 1], transposed[transposed.size() - 2]);
  return at::empty(transposed, options).mT();
}

Tensor columnMajorLike(const Tensor& self) {
  return columnMajor(self.sizes().vec(), self.options());
}

Sizes batchSizes(const Tensor& self) {
  return Sizes(self.sizes().begin(), self.sizes().end() - 2);
}

Sizes batched(Sizes batch, std::int64_t rows, std::int64_t columns) {
  batch.push_back(rows);
  batch.push_back(columns);
  return batch;
}

Tensor solveTriangular(const Tensor& self, const Tensor& other, bool, bool, bool) {
  const auto batch = at::infer_size(batchSizes(self), batchSizes(other));
  return columnMajor(batched(batch, other.size(-2), other.size(-1)), self.options());
}

Tensor choleskyFactor(const Tensor& self, bool) {
  return columnMajorLike(self);
}

Tensor choleskySolve(const Tensor& self, const Tensor&, bool) {
  return columnMajorLike(self);
}

Tensor householderProduct(const Tensor& self, const Tensor&) {
  return columnMajorLike(self);
}

TwoTensors eigen(const Tensor& self) {
  const auto options = self.options().dtype(c10::toComplexType(self.scalar_type()));
  Sizes values = batchSizes(self);
  values.push_back(self.size(-1));
  return {at::empty(values, options), columnMajor(self.sizes().vec(), options)};
}

Tensor distances(const Tensor& x1, const Tensor& x2, double, std::optional<std::int64_t>) {
  const auto batch = at::infer_size(batchSizes(x1), batchSizes(x2));
  return sized(batched(batch, x1.size(-2), x2.size(-2)), x1);
}

Tensor distancesBackward(const Tensor&, const Tensor& x1, const Tensor& x2, double, const Tensor&) {
  if (x1.numel() == 0 || x2.numel() == 0) return at::empty_like(x1);
  const auto batch = at::infer_size(batchSizes(x1), batchSizes(x2));
  return sized(batched(batch, x1.size(-2), x1.size(-1)), x1);
}

Tensor pairDistances(const Tensor& self, double) {
  TORCH_CHECK(self.dim() == 2, "pdist: expected a matrix");
  const std::int64_t rows = self.size(0);
  return sized({rows * (rows - 1) / 2}, self);
}

TwoTensors householderFactors(const Tensor& self) {
  Sizes scales = batchSizes(self);
  scales.push_back(std::min(self.size(-2), self.size(-1)));
  return {columnMajorLike(self), sized(scales, self)};
}

Tensor householderTimes(const Tensor&, const Tensor&, const Tensor& other, bool, bool) {
  return columnMajorLike(other);
}

Tensor integerProduct(const Tensor& self, const Tensor& other) {
  return at::empty({self.size(0), other.size(1)}, self.options().dtype(at::kInt));
}

}  // namespace

void addLinearAlgebra(MetaLibrary& library) {
  library.add("dot", &dot);
  library.add("vdot", &dot);
  library.add("addbmm", &addBatchOfProducts);
  library.add("linalg_solve_triangular", &solveTriangular);
  library.add("cholesky", &choleskyFactor);
  library.add("cholesky_inverse", &choleskyFactor);
  library.add("_cholesky_solve_helper", &choleskySolve);
  library.add("linalg_householder_product", &householderProduct);
  library.add("linalg_eig", &eigen);
  library.add("geqrf", &householderFactors);
  library.add("ormqr", &householderTimes);
  library.add("_int_mm", &integerProduct);
  library.add("_cdist_forward", &distances);
  library.add("_cdist_backward", &distancesBackward);
  library.add("_pdist_forward", &pairDistances);
  library.addBoxed<contiguousLikeArguments<1>>({"_pdist_backward"});
  library.addBoxed<contiguousLikeArguments<0>>({"linalg_matrix_exp"});
}

}  // namespace core::trace::meta
