// Group normalization: like layer normalization, over the channels of a group and all positions. x
// is looked at as [N, G, C / G, positions]; weight and bias are per channel.

#include <array>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

struct Shape {
  std::int64_t batch, groups, channels, positions;  ///< channels of one group

  std::vector<std::int64_t> sizes() const { return {batch, groups, channels, positions}; }
};

/// The numbers N, C, HxW and group start at argument `first`.
Shape shapeOf(const Replacement& r, std::size_t first) {
  const auto integer = [&](std::size_t i, const char* name) {
    return static_cast<std::int64_t>(r.number(first + i, name, 1));
  };
  const std::int64_t groups = integer(3, "group");
  return {integer(0, "N"), groups, integer(1, "C") / groups, integer(2, "HxW")};
}

Tensor perChannel(Tensor vector, const Shape& shape) {
  return reshape(vector, {1, shape.groups, shape.channels, 1});
}

Tensor perGroup(Tensor statistics, const Shape& shape) {
  return reshape(statistics, {shape.batch, shape.groups, 1, 1});
}

void replaceForward(Replacement& r) {
  const Shape shape = shapeOf(r, 3);
  const Tensor x = reshape(r.tensor(0), shape.sizes());
  const Tensor average = mean(x, {2, 3});
  const Tensor centred = x - average;
  const Tensor variance = mean(centred * centred, {2, 3});
  const Tensor rstd = unary("rsqrt", variance + r.number(7, "eps", 1e-5));
  Tensor y = centred * rstd;
  if (const auto weight = r.optionalTensor(1)) y = y * perChannel(*weight, shape);
  if (const auto bias = r.optionalTensor(2)) y = y + perChannel(*bias, shape);
  r.result(0, y);
  r.result(1, average);
  r.result(2, rstd);
}

void replaceBackward(Replacement& r) {
  const Shape shape = shapeOf(r, 5);
  const Tensor grad = reshape(r.tensor(0), shape.sizes());
  const Tensor x = reshape(r.tensor(1), shape.sizes());
  const Tensor rstd = perGroup(r.tensor(3), shape);
  // Made anew for the sums over the batch: see layer_norm.cpp.
  const auto xhatAgain = [&] { return (x - perGroup(r.tensor(2), shape)) * rstd; };
  if (r.isUsed(0)) {
    const Tensor xhat = xhatAgain();
    const auto weight = r.optionalTensor(4);
    const Tensor weighted = weight ? grad * perChannel(*weight, shape) : grad;
    const Tensor projection = xhat * mean(weighted * xhat, {2, 3});
    r.result(0, rstd * (weighted - mean(weighted, {2, 3}) - projection));
  }
  if (r.isUsed(1)) r.result(1, sum(grad * xhatAgain(), {0, 3}, false));
  if (r.isUsed(2)) r.result(2, sum(grad, {0, 3}, false));
}

constexpr std::array kRows{
    Decomposition{"aten.native_group_norm.default", isFloatTensor, replaceForward},
    Decomposition{"aten.native_group_norm_backward.default", isFloatTensor, replaceBackward},
};

}  // namespace

std::span<const Decomposition> groupNormDecompositions() {
  return kRows;
}

}  // namespace core::passes
