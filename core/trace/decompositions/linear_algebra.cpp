// Products with vectors as multiplications and sums, and what is left of the matrix operators.

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

Tensor matrixTimesVector(Tensor self, Tensor vector) {
  const Opmath cast({&self, &vector});
  return cast.back(at::sum(self * vector, at::IntArrayRef{1}));
}

Tensor dot(Tensor self, Tensor other) {
  const Opmath cast({&self, &other});
  return cast.back(at::sum(self * other));
}

Tensor conjugateDot(const Tensor& self, const Tensor& other) {
  if (!self.is_complex()) return at::dot(self, other);
  return at::sum(at::conj_physical(self) * other);
}

Tensor outerProduct(Tensor self, Tensor first, Tensor second, const Scalar& beta,
                    const Scalar& alpha) {
  const Opmath cast({&self, &first, &second});
  const Tensor spread = self.expand({first.size(0), second.size(0)});
  if (beta.equal(0)) return cast.back(at::outer(first, second) * number(alpha));
  const Tensor kept = spread * number(beta);
  return cast.back(kept + at::outer(first, second) * number(alpha));
}

Tensor batchProduct(Tensor self, Tensor first, Tensor second, const Scalar& beta,
                    const Scalar& alpha) {
  const Opmath cast({&self, &first, &second});
  const bool isInteger = !self.is_floating_point() && !self.is_complex();
  const auto factor = [&](const Scalar& value) {
    return isInteger ? Scalar(value.to<std::int64_t>()) : value;
  };
  Tensor result = at::bmm(first, second);
  if (!factor(alpha).equal(1)) result = result * number(factor(alpha));
  if (factor(beta).equal(0)) return cast.back(result);
  const Tensor kept = factor(beta).equal(1) ? self : self * number(factor(beta));
  return cast.back(kept + result);
}

Tensor cross(Tensor self, Tensor other, std::int64_t dim) {
  const Opmath cast({&self, &other});
  const std::vector<Tensor> both = at::broadcast_tensors({self, other});
  const Tensor &a = both[0], &b = both[1];
  const std::int64_t axis = wrapped(dim, a.dim());
  const Tensor index = range(std::int64_t{0}, std::int64_t{3});
  const auto turned = [&](const Tensor& x, const Tensor& by) {
    return x.index_select(axis, at::remainder(index + by, Scalar(std::int64_t{3})));
  };
  const Tensor a1 = turned(a, 1_n);
  const Tensor forward = a1 * turned(b, 2_n);
  const Tensor a2 = turned(a, 2_n);
  return cast.back(forward - a2 * turned(b, 1_n));
}

Tensor trace(const Tensor& self) {
  return at::sum(at::diag(self, 0));
}

Tensor euclideanDistance(const Tensor& first, const Tensor& second) {
  const auto squares = [](const Tensor& x) {
    return at::sum(at::pow(x, Scalar(std::int64_t{2})), at::IntArrayRef{-1}, true);
  };
  const auto ones = [](const Tensor& x) {
    return at::ones_like(x, at::TensorOptions(), at::MemoryFormat::Contiguous);
  };
  const Tensor norm1 = squares(first);
  const Tensor pad1 = ones(norm1);
  const Tensor norm2 = squares(second);
  const Tensor pad2 = ones(norm2);
  const Tensor left = at::cat({first * number(std::int64_t{-2}), norm1, pad1}, -1);
  const Tensor right = at::cat({second, pad2, norm2}, -1);
  const Tensor square = at::matmul(left, right.mT());
  return at::sqrt(at::clamp_min(square, Scalar(std::int64_t{0})));
}

/// The numbers from -1 to 1 at which a grid of `count` points lies along one dimension.
Tensor gridLine(const Tensor& theta, std::int64_t count, bool alignCorners) {
  const double steps = static_cast<double>(count);
  const Scalar end = alignCorners ? Scalar(std::int64_t{1}) : Scalar((steps - 1) / steps);
  const Scalar start = alignCorners ? Scalar(std::int64_t{-1}) : Scalar(-(steps - 1) / steps);
  return at::linspace(start, end, count, theta.options());
}

/// A grid of points with homogeneous coordinates, times each matrix of theta.
Tensor affineGridOf(Tensor theta, const Sizes& sizes, bool alignCorners) {
  const Opmath cast({&theta});
  const auto axes = static_cast<std::int64_t>(sizes.size()) - 2;
  std::vector<Tensor> lines;
  for (std::int64_t i = 0; i < axes; ++i) {
    const std::int64_t count = sizes[sizes.size() - 1 - static_cast<std::size_t>(i)];
    Sizes shape(static_cast<std::size_t>(axes) + 1, 1);
    shape[static_cast<std::size_t>(axes - 1 - i)] = count;
    lines.push_back(gridLine(theta, count, alignCorners).view(shape));
  }
  const Sizes one(static_cast<std::size_t>(axes) + 1, 1);
  lines.push_back(at::ones(one, theta.options()));
  for (std::int64_t i = 0; i <= axes; ++i) {
    Tensor& line = lines[static_cast<std::size_t>(i)];
    line = at::pad(line, {i, axes - i}, "constant", 0.0);
  }
  Tensor grid = lines.front();
  for (std::size_t i = 1; i < lines.size(); ++i) grid = grid + lines[i];
  const Tensor points = grid.view({-1, axes + 1, 1});
  const Tensor moved = at::sum(points * theta.mT().unsqueeze(1), at::IntArrayRef{-2});
  Sizes shape{sizes[0]};
  shape.insert(shape.end(), sizes.begin() + 2, sizes.end());
  shape.push_back(axes);
  return cast.back(moved.view(shape));
}

// (theta, size, align_corners). A line of one point would be a constant outside of the graph.
bool affineGrid(Stack* stack) {
  const Sizes sizes = argumentOf<Sizes>(::torch::jit::peek(*stack, 1, 3));
  for (std::size_t i = 2; i < sizes.size(); ++i)
    if (sizes[i] <= 1) return false;
  return Boxed<affineGridOf>::call(stack);
}

}  // namespace

void enterLinearAlgebra(Table& table) {
  enter<matrixTimesVector>(table, {"mv"});
  enter<dot>(table, {"dot"});
  enter<conjugateDot>(table, {"vdot"});
  enter<outerProduct>(table, {"addr"});
  enter<batchProduct>(table, {"baddbmm"});
  enter<cross>(table, {"linalg_cross"});
  enter<trace>(table, {"trace"});
  enter<euclideanDistance>(table, {"_euclidean_dist"});
  overrides::enter(table, "affine_grid_generator", affineGrid);
}

}  // namespace core::trace::decompositions
