// Interpolation as index arithmetic: source positions of every output position along each
// dimension, gathers by `_unsafe_index`, and weights. Nearest takes one gather, linear 2^n,
// cubic 16.

#include <cmath>

#include "core/trace/overrides/override_torch.h"

namespace core::trace::overrides {
namespace {

using Scales = std::vector<std::optional<double>>;

enum class Corners { Aligned, Halved };

Corners corners(const IValue& alignCorners) {
  return alignCorners.toBool() ? Corners::Aligned : Corners::Halved;
}

/// The sizes of the result's spatial dimensions from either optional argument.
Sizes outputSizes(const Tensor& input, const IValue& sizes, const IValue& factors) {
  TORCH_CHECK(sizes.isNone() != factors.isNone(),
              "upsample: give either the output size or scale factors");
  if (!sizes.isNone()) return sizes.toIntVector();
  Sizes result;
  for (const double factor : factors.toDoubleVector()) {
    const std::int64_t extent = input.size(static_cast<std::int64_t>(result.size()) + 2);
    result.push_back(static_cast<std::int64_t>(static_cast<double>(extent) * factor));
  }
  return result;
}

Scales scalesOf(const IValue& factors, std::size_t dims) {
  Scales scales(dims);
  if (factors.isNone()) return scales;
  const auto values = factors.toDoubleVector();
  std::copy(values.begin(), values.end(), scales.begin());
  return scales;
}

/// The scales that end an argument list, one for each dimension.
Scales lastScales(const std::vector<IValue>& arguments, std::size_t dims) {
  Scales scales;
  for (auto value = arguments.end() - static_cast<std::ptrdiff_t>(dims); value != arguments.end();
       ++value) {
    scales.push_back(value->toOptional<double>());
  }
  return scales;
}

Tensor indexSpatially(const Tensor& input, const std::vector<Tensor>& positions) {
  c10::List<std::optional<Tensor>> indices;
  indices.push_back(std::nullopt);
  indices.push_back(std::nullopt);
  for (const Tensor& position : positions) indices.push_back(position);
  return at::_unsafe_index(input, indices);
}

Tensor inLayoutOf(const Tensor& result, const Tensor& input) {
  return result.contiguous(input.suggest_memory_format());
}

/// 0, 1, … as int64, converted; the layout and dtype arguments are left out on purpose.
Tensor outputPositions(std::int64_t count, const Tensor& input, at::ScalarType dtype) {
  return at::arange(count, std::nullopt, std::nullopt, input.device(), false).to(dtype);
}

Tensor nearest(const Tensor& input, const Sizes& sizes, const Scales& scales, double offset) {
  std::vector<Tensor> positions;
  for (std::size_t dim = 0; dim < sizes.size(); ++dim) {
    const auto extent = static_cast<double>(input.size(static_cast<std::int64_t>(dim) + 2));
    const double scale = scales[dim] && *scales[dim] > 0 ? extent / (extent * *scales[dim])
                                                         : extent / static_cast<double>(sizes[dim]);
    const Tensor output = at::arange(sizes[dim], at::kFloat, std::nullopt, input.device(), false);
    Tensor position = output.add(number(offset)).mul(number(scale)).to(at::kLong);
    for (std::size_t later = dim + 1; later < sizes.size(); ++later) {
      position = position.unsqueeze(-1);
    }
    positions.push_back(position);
  }
  const Tensor result = indexSpatially(input, positions);
  return result.dim() == 4 ? inLayoutOf(result, input) : result;
}

double sourceScale(std::int64_t input, std::int64_t output, Corners mode,
                   const std::optional<double>& scale) {
  if (mode == Corners::Aligned) {
    return output > 1 ? (static_cast<double>(input) - 1) / (static_cast<double>(output) - 1) : 0;
  }
  return scale && *scale > 0 ? 1 / *scale
                             : static_cast<double>(input) / static_cast<double>(output);
}

Tensor sourcePositions(const Tensor& output, double scale, Corners mode) {
  if (mode == Corners::Aligned) return output.mul(number(scale));
  return output.add(number(0.5)).mul(number(scale)).sub(number(0.5));
}

/// Where each output position along one dimension lies: exactly, the one before and the one after.
struct Neighbours {
  Tensor exact, before, after;
};

Neighbours neighbours(const Tensor& input, std::size_t dim, const Sizes& sizes, Corners mode,
                      const std::optional<double>& scale) {
  const std::int64_t extent = input.size(static_cast<std::int64_t>(dim) + 2);
  const Tensor output = outputPositions(sizes[dim], input, input.scalar_type());
  const double factor = sourceScale(extent, sizes[dim], mode, scale);
  const Tensor clamped = at::clamp(sourcePositions(output, factor, mode), at::Scalar(0.0));
  Sizes shape(sizes.size() - dim, 1);
  shape[0] = clamped.size(0);
  Neighbours result;
  result.exact = clamped.reshape(shape);
  result.before = result.exact.to(at::kLong);
  result.after =
      at::clamp(result.before.add(number(std::int64_t{1})), std::nullopt, at::Scalar(extent - 1));
  return result;
}

Tensor linear(const Tensor& input, const Sizes& sizes, Corners mode, const Scales& scales) {
  const std::size_t dims = sizes.size();
  std::vector<Neighbours> along;
  for (std::size_t dim = 0; dim < dims; ++dim) {
    along.push_back(neighbours(input, dim, sizes, mode, scales[dim]));
  }
  // The corners of each cell; the first dimension is the slowest.
  std::vector<Tensor> values;
  for (std::size_t corner = 0; corner < (std::size_t{1} << dims); ++corner) {
    std::vector<Tensor> positions;
    for (std::size_t dim = 0; dim < dims; ++dim) {
      const bool isAfter = (corner >> (dims - 1 - dim)) & 1;
      positions.push_back(isAfter ? along[dim].after : along[dim].before);
    }
    values.push_back(indexSpatially(input, positions));
  }
  for (std::size_t dim = dims; dim-- > 0;) {
    const Tensor weight = along[dim]
                              .exact.sub(along[dim].before)
                              .clamp(at::Scalar(0.0), at::Scalar(1.0))
                              .to(input.scalar_type());
    std::vector<Tensor> blended;
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
      const Tensor difference = values[i + 1].sub(values[i]);
      blended.push_back(values[i].add(difference.mul(weight)));
    }
    values = std::move(blended);
  }
  return inLayoutOf(values[0], input);
}

constexpr double kCubic = -0.75;

Tensor cubicNear(const Tensor& x) {
  return x.mul(number(kCubic + 2))
      .sub(number(kCubic + 3))
      .mul(x)
      .mul(x)
      .add(number(std::int64_t{1}));
}

Tensor cubicFar(const Tensor& x) {
  return x.mul(number(kCubic))
      .sub(number(5 * kCubic))
      .mul(x)
      .add(number(8 * kCubic))
      .mul(x)
      .sub(number(4 * kCubic));
}

/// The weights of the four neighbours at the distance `t` from the second.
std::vector<Tensor> cubicWeights(const Tensor& t) {
  const Tensor mirrored = at::rsub(t, 1.0);
  const Tensor inner = at::stack({t, mirrored}, 0);
  const Tensor left = t.add(number(1.0));
  const Tensor outer = at::stack({left, at::rsub(t, 2.0)}, 0);
  const Tensor outerWeights = cubicFar(outer);
  const Tensor innerWeights = cubicNear(inner);
  const auto first = outerWeights.unbind(0);
  const auto second = innerWeights.unbind(0);
  return {first[0], second[0], second[1], first[1]};
}

Tensor weightedSum(const std::vector<Tensor>& values, const std::vector<Tensor>& weights) {
  Tensor sum = values[0].mul(weights[0]);
  for (std::size_t i = 1; i < values.size(); ++i) sum = sum.add(values[i].mul(weights[i]));
  return sum;
}

/// The four positions around each source position.
std::vector<Tensor> aroundPosition(const Tensor& position) {
  const Tensor before = position.sub(number(std::int64_t{1}));
  const Tensor after = position.add(number(std::int64_t{1}));
  return {before, position, after, position.add(number(std::int64_t{2}))};
}

Tensor cubic(const Tensor& input, const Sizes& sizes, Corners mode, const Scales& scales) {
  const std::int64_t height = input.size(2), width = input.size(3);
  const double yScale = sourceScale(height, sizes.at(0), mode, scales.at(0));
  const double xScale = sourceScale(width, sizes.at(1), mode, scales.at(1));
  const Tensor i = outputPositions(sizes[0], input, input.scalar_type());
  const Tensor j = outputPositions(sizes[1], input, input.scalar_type());
  const Tensor xExact = sourcePositions(j, xScale, mode);
  const Tensor yExact = sourcePositions(i, yScale, mode).unsqueeze(-1);
  const Tensor xFloor = xExact.floor();
  const Tensor yFloor = yExact.floor();
  const Tensor yOffset = yExact.sub(yFloor).clamp(at::Scalar(0.0), at::Scalar(1.0));
  const Tensor xOffset = xExact.sub(xFloor).clamp(at::Scalar(0.0), at::Scalar(1.0));
  const Tensor x = xFloor.to(at::kLong);
  const Tensor y = yFloor.to(at::kLong);
  const auto rows = aroundPosition(y);
  const auto columns = aroundPosition(x);
  const auto xWeights = cubicWeights(xOffset);
  const auto yWeights = cubicWeights(yOffset);

  const auto bounded = [](const Tensor& position, std::int64_t extent) {
    return at::clamp(position, at::Scalar(0), at::Scalar(extent - 1));
  };
  std::vector<Tensor> blendedRows;
  for (const Tensor& row : rows) {
    std::vector<Tensor> values;
    for (const Tensor& column : columns) {
      const Tensor rowIndex = bounded(row, height);
      values.push_back(indexSpatially(input, {rowIndex, bounded(column, width)}));
    }
    blendedRows.push_back(weightedSum(values, xWeights));
  }
  return inLayoutOf(weightedSum(blendedRows, yWeights), input);
}

using Interpolation = Tensor (*)(const Tensor&, const Sizes&, Corners, const Scales&);

/// Half and bfloat16 are interpolated in float32.
template <Interpolation interpolation>
Tensor inComputeType(const Tensor& input, const Sizes& sizes, Corners mode, const Scales& scales) {
  const at::ScalarType type = input.scalar_type();
  if (!at::isReducedFloatingType(type)) return interpolation(input, sizes, mode, scales);
  return interpolation(input.to(at::kFloat), sizes, mode, scales).to(type);
}

/// (input, output_size, align_corners, scale_factors). Images of integers keep their kernel.
template <Interpolation interpolation>
bool overrideByFactors(Stack* stack) {
  if (!::torch::jit::peek(*stack, 0, 4).toTensor().is_floating_point()) return false;
  const auto arguments = take(stack, 4);
  const Tensor input = arguments[0].toTensor();
  const Sizes sizes = outputSizes(input, arguments[1], arguments[3]);
  stack->emplace_back(inComputeType<interpolation>(input, sizes, corners(arguments[2]),
                                                   scalesOf(arguments[3], sizes.size())));
  return true;
}

/// (input, output_size, align_corners, scales_h, scales_w)
template <Interpolation interpolation>
bool overrideByScales(Stack* stack) {
  if (!::torch::jit::peek(*stack, 0, 5).toTensor().is_floating_point()) return false;
  const auto arguments = take(stack, 5);
  stack->emplace_back(
      inComputeType<interpolation>(arguments[0].toTensor(), arguments[1].toIntVector(),
                                   corners(arguments[2]), lastScales(arguments, 2)));
  return true;
}

constexpr double centre(bool exact) {
  return exact ? 0.5 : 0.0;
}

/// (input, output_size, scale_factors)
template <bool exact>
bool overrideNearestByFactors(Stack* stack) {
  const auto arguments = take(stack, 3);
  const Tensor input = arguments[0].toTensor();
  const Sizes sizes = outputSizes(input, arguments[1], arguments[2]);
  stack->emplace_back(nearest(input, sizes, scalesOf(arguments[2], sizes.size()), centre(exact)));
  return true;
}

/// (input, output_size, one scale for each dimension)
template <bool exact, std::size_t dims>
bool overrideNearestByScales(Stack* stack) {
  const auto arguments = take(stack, 2 + dims);
  stack->emplace_back(nearest(arguments[0].toTensor(), arguments[1].toIntVector(),
                              lastScales(arguments, dims), centre(exact)));
  return true;
}

using AntiAliased = Tensor (*)(const Tensor&, at::IntArrayRef, bool, std::optional<double>,
                               std::optional<double>);

/// The anti-aliased forms stay whole, called with sizes.
template <AntiAliased antiAliased>
bool overrideAntiAliased(Stack* stack) {
  const auto arguments = take(stack, 4);
  const Tensor input = arguments[0].toTensor();
  const Sizes sizes = outputSizes(input, arguments[1], arguments[3]);
  const Scales scales = scalesOf(arguments[3], 2);
  stack->emplace_back(antiAliased(input, sizes, arguments[2].toBool(), scales[0], scales[1]));
  return true;
}

}  // namespace

void enterUpsample(Table& table) {
  for (const char* op :
       {"upsample_nearest1d.vec", "upsample_nearest2d.vec", "upsample_nearest3d.vec"}) {
    enter(table, op, overrideNearestByFactors<false>);
  }
  for (const char* op : {"_upsample_nearest_exact1d.vec", "_upsample_nearest_exact2d.vec",
                         "_upsample_nearest_exact3d.vec"}) {
    enter(table, op, overrideNearestByFactors<true>);
  }
  enter(table, "upsample_nearest1d", overrideNearestByScales<false, 1>);
  enter(table, "upsample_nearest2d", overrideNearestByScales<false, 2>);
  enter(table, "upsample_nearest3d", overrideNearestByScales<false, 3>);
  enter(table, "_upsample_nearest_exact1d", overrideNearestByScales<true, 1>);
  enter(table, "_upsample_nearest_exact2d", overrideNearestByScales<true, 2>);
  enter(table, "_upsample_nearest_exact3d", overrideNearestByScales<true, 3>);
  for (const char* op :
       {"upsample_linear1d.vec", "upsample_bilinear2d.vec", "upsample_trilinear3d.vec"}) {
    enter(table, op, overrideByFactors<linear>);
  }
  enter(table, "upsample_bilinear2d", overrideByScales<linear>);
  enter(table, "upsample_bicubic2d.vec", overrideByFactors<cubic>);
  enter(table, "upsample_bicubic2d", overrideByScales<cubic>);
  enter(table, "_upsample_bilinear2d_aa.vec", overrideAntiAliased<at::_upsample_bilinear2d_aa>);
  enter(table, "_upsample_bicubic2d_aa.vec", overrideAntiAliased<at::_upsample_bicubic2d_aa>);
}

}  // namespace core::trace::overrides
