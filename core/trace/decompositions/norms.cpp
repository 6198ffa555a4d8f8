// Derivatives of normalisations, RMS norm and weight norm.

#include <c10/util/accumulate.h>

#include <limits>

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

Tensor contiguousAs(const Tensor& x, ScalarType dtype) {
  return x.defined() ? x.to(dtype, false, false, at::MemoryFormat::Contiguous) : x;
}

Tensor castBack(const Tensor& x, ScalarType dtype) {
  return x.defined() ? x.to(dtype) : x;
}

/// The dimensions that a norm reduces, those before them, and how many elements each makes.
struct NormDims {
  Sizes outer, inner;
  std::int64_t outerCount, innerCount;

  NormDims(const Tensor& input, std::size_t normalized) {
    const auto axis = input.dim() - static_cast<std::int64_t>(normalized);
    outer = dimensionRange(0, axis);
    inner = dimensionRange(axis, input.dim());
    outerCount = c10::multiply_integers(input.sizes().slice(0, static_cast<std::size_t>(axis)));
    innerCount = c10::multiply_integers(input.sizes().slice(static_cast<std::size_t>(axis)));
  }
  bool isEmpty() const { return outerCount == 0 || innerCount == 0; }
  Tensor sumOuter(const Tensor& x) const { return outer.empty() ? x : at::sum(x, outer, false); }
};

Tensor zerosIf(bool wanted, const Tensor& like, at::IntArrayRef sizes) {
  return wanted ? like.new_zeros(sizes) : Tensor();
}

using Gradients = std::tuple<Tensor, Tensor, Tensor>;

Gradients layerNormGradient(const Tensor& gradient, const Tensor& self, const Sizes& normalized,
                            const Tensor& mean, const Tensor& rstd, const Tensor& scale,
                            const Tensor& shift, const Flags& mask) {
  const ScalarType computing = computingType(self.scalar_type());
  const Tensor grad = contiguousAs(gradient, computing);
  const Tensor input = contiguousAs(self, computing);
  const Tensor weight = contiguousAs(scale, computing);
  const Tensor bias = contiguousAs(shift, computing);
  const NormDims dims(self, normalized.size());
  if (dims.isEmpty()) {
    const Tensor forInput = zerosIf(mask[0], self, self.sizes());
    const Tensor forWeight = zerosIf(mask[1], self, normalized);
    return {forInput, forWeight, zerosIf(mask[2], self, normalized)};
  }
  const Tensor center = unsqueezeTo(mean, input.dim());
  const Tensor deviation = unsqueezeTo(rstd, input.dim());
  const Tensor xHat = (input - center) * deviation;
  const Tensor gradHat = weight.defined() ? grad * weight : grad;
  const Tensor a = gradHat * number(dims.innerCount);
  const Tensor b = at::sum(gradHat, dims.inner, true);
  const Tensor c = at::sum(gradHat * xHat, dims.inner, true);
  const Tensor alongX = xHat * c;
  const Tensor inner = a - b - alongX;
  Tensor forInput, forWeight, forBias;
  if (mask[0]) forInput = deviation / number(dims.innerCount) * inner;
  if (mask[1] && weight.defined()) forWeight = dims.sumOuter(grad * xHat);
  if (mask[2] && bias.defined()) forBias = dims.outer.empty() ? grad.clone() : dims.sumOuter(grad);
  forInput = castBack(forInput, self.scalar_type());
  if (forWeight.defined()) forWeight = castBack(forWeight, scale.scalar_type());
  if (forBias.defined()) forBias = castBack(forBias, shift.scalar_type());
  return {forInput, forWeight, forBias};
}

std::tuple<Tensor, Tensor> rmsNormGradient(const Tensor& gradient, const Tensor& self,
                                           const Sizes& normalized, const Tensor& rstd,
                                           const Tensor& scale, const Flags& mask) {
  const ScalarType computing = computingType(self.scalar_type());
  const Tensor grad = contiguousAs(gradient, computing);
  const Tensor input = contiguousAs(self, computing);
  const Tensor weight = contiguousAs(scale, computing);
  const NormDims dims(self, normalized.size());
  if (dims.isEmpty()) {
    const Tensor forInput = zerosIf(mask[0], self, self.sizes());
    return {forInput, zerosIf(mask[1], self, normalized)};
  }
  const Tensor deviation = unsqueezeTo(rstd, input.dim());
  const Tensor gradHat = weight.defined() ? grad * weight : grad;
  const Tensor xHat = input * deviation;
  Tensor forInput, forWeight;
  if (mask[0]) {
    const Tensor sum = at::sum(xHat * gradHat, dims.inner, true);
    const Tensor alongX = xHat / number(dims.innerCount) * sum;
    forInput = (gradHat - alongX) * deviation;
  }
  if (mask[1] && weight.defined()) forWeight = dims.sumOuter(grad * xHat);
  forInput = castBack(forInput, self.scalar_type());
  return {forInput, castBack(forWeight, self.scalar_type())};
}

std::tuple<Tensor, Tensor> rmsNorm(const Tensor& self, const Sizes& normalized,
                                   const Tensor& weight, std::optional<double> epsilon) {
  const ScalarType computing = computingType(self.scalar_type());
  Sizes dims;
  for (std::size_t i = 0; i < normalized.size(); ++i)
    dims.push_back(self.dim() - static_cast<std::int64_t>(i) - 1);
  const double smallest = computing == ScalarType::Float
                              ? double{std::numeric_limits<float>::epsilon()}
                              : std::numeric_limits<double>::epsilon();
  const Tensor input = self.to(computing);
  const Tensor square = at::mean(at::pow(input, Scalar(std::int64_t{2})), dims, true);
  Tensor rstd = at::rsqrt(at::add(square, Scalar(epsilon.value_or(smallest))));
  Tensor result = input * rstd;
  if (weight.defined()) result = result * weight;
  const at::MemoryFormat format = self.suggest_memory_format();
  if (format != at::MemoryFormat::ChannelsLast && format != at::MemoryFormat::ChannelsLast3d) {
    result = result.contiguous();
    rstd = rstd.contiguous();
  }
  return {result.type_as(self), rstd};
}

/// One number a channel, with a dimension of size 1 for every other of the input.
Tensor perChannel(const Tensor& input, Tensor x) {
  for (std::int64_t axis = 0; axis < input.dim(); ++axis) {
    const bool isChannels = axis == 1 && input.size(1) != 1;
    const bool isThere = axis < x.dim() && x.size(axis) == 1;
    if (!isChannels && !isThere) x = x.unsqueeze(axis);
  }
  return x;
}

Gradients batchNormGradient(const Tensor& gradient, const Tensor& self, const Tensor& scale,
                            const Tensor& runningMean, const Tensor& runningVariance,
                            const Tensor& savedMean, const Tensor& savedDeviation, bool train,
                            double epsilon, const Flags& mask) {
  const ScalarType computing = computingType(self.scalar_type());
  const ScalarType weightType = scale.defined() ? scale.scalar_type() : self.scalar_type();
  std::array<Tensor, 7> cast{gradient,        self,      scale,         runningMean,
                             runningVariance, savedMean, savedDeviation};
  for (Tensor& x : cast) x = castBack(x, computing);
  const auto& [grad, input, weight, movingMean, movingVariance, batchMean, batchDeviation] = cast;
  Tensor mean = train ? batchMean : movingMean;
  const Tensor invstd = train ? batchDeviation : at::rsqrt(movingVariance + number(epsilon));
  Sizes axes = dimensionRange(0, input.dim());
  axes.erase(axes.begin() + 1);
  const double features = static_cast<double>(input.numel()) / static_cast<double>(input.size(1));
  const Tensor norm = number(1.0 / features);

  mean = perChannel(input, mean);
  const Tensor gradSum = at::sum(grad, axes);
  const Tensor dot = at::sum(grad * (input - mean), axes);
  const Tensor gradMean = perChannel(input, gradSum * norm);
  const Tensor scaledDot = dot * norm;
  const Tensor projection = perChannel(input, scaledDot * (invstd * invstd));
  const Tensor gradScale =
      weight.defined() ? perChannel(input, invstd * weight) : perChannel(input, invstd) * 1.0_n;
  Tensor forInput, forWeight, forBias;
  if (train) {
    const Tensor projected = (input - mean) * projection;
    forInput = (grad - projected - gradMean) * gradScale;
  } else {
    forInput = grad * gradScale;
  }
  if (mask[1]) forWeight = dot * invstd;
  if (mask[2]) forBias = gradSum;
  forInput = castBack(forInput, self.scalar_type());
  forWeight = castBack(forWeight, weightType);
  return {forInput, forWeight, castBack(forBias, weightType)};
}

/// One sum a group of channels.
Tensor perGroup(const Tensor& x, const Tensor& gamma, const Sizes& groups) {
  const Tensor scaled = gamma.defined() ? x * gamma.unsqueeze(0) : x;
  return at::sum(scaled.reshape(groups), {2}, false);
}

Gradients groupNormGradient(Tensor grad, Tensor input, Tensor mean, Tensor rstd, Tensor gamma,
                            std::int64_t batch, std::int64_t channels, std::int64_t pixels,
                            std::int64_t group, const Flags& mask) {
  const Opmath cast({&grad, &input, &mean, &rstd, &gamma});
  const std::int64_t perGroupChannels = channels / group;
  const Sizes flat{batch, channels, pixels}, groups{batch, group, perGroupChannels};
  const Sizes apart{batch, group, perGroupChannels, pixels};
  const Tensor ds = at::sum((grad * input).view(flat), {2}, false);
  const Tensor db = at::sum(grad.view(flat), {2}, false);
  Tensor forInput, forGamma, forBias;
  if (mask[0]) {
    const Tensor share = number(1.0 / static_cast<double>(pixels * perGroupChannels));
    const Tensor dsGroup = perGroup(ds, gamma, groups);
    const Tensor dbGroup = perGroup(db, gamma, groups);
    const Tensor deviation = rstd.unsqueeze(-1);
    const Sizes once{1, group, perGroupChannels};
    const Tensor scale = gamma.defined()
                             ? gamma.reshape(once)
                             : at::ones(once, at::TensorOptions().device(rstd.device()));
    Tensor c1 = deviation * scale;
    Tensor c2 = (dbGroup * mean - dsGroup) * rstd * rstd * rstd * share;
    const Tensor alongMean = -c2 * mean;
    Tensor c3 = alongMean - dbGroup * rstd * share;
    c1 = c1.unsqueeze(-1);
    c2 = unsqueezeTo(c2, 4);
    c3 = unsqueezeTo(c3, 4);
    const Tensor alongGrad = grad.reshape(apart) * c1;
    const Tensor alongInput = input.reshape(apart) * c2;
    forInput = (alongGrad + alongInput + c3).reshape(input.sizes()).to(input.scalar_type());
  }
  if (mask[1]) {
    const Tensor dsApart = ds.view(groups), dbApart = db.view(groups);
    const Tensor centered = dsApart - dbApart * mean.unsqueeze(-1);
    forGamma = at::sum(centered * rstd.unsqueeze(-1), {0}, false).reshape({channels});
  }
  if (mask[2]) forBias = at::sum(db, {0}, false);
  forInput = cast.back(forInput);
  forGamma = cast.back(forGamma);
  return {forInput, forGamma, cast.back(forBias)};
}

std::tuple<Tensor, Tensor> weightNorm(const Tensor& v, const Tensor& g, std::int64_t dim) {
  Sizes others = dimensionRange(0, v.dim());
  std::erase(others, dim);
  // PyTorch's body forgets half precision, for which the kernel's norm is a float too.
  const bool isHalf = computingType(g.scalar_type()) != g.scalar_type();
  const std::optional<ScalarType> dtype = isHalf ? std::optional(ScalarType::Float) : std::nullopt;
  const Tensor norm = at::linalg_vector_norm(v, Scalar(std::int64_t{2}),
                                             at::OptionalIntArrayRef(others), true, dtype);
  return {v * (g / norm.to(g.scalar_type())), norm};
}

}  // namespace

void enterNorms(Table& table) {
  enter<layerNormGradient>(table, {"native_layer_norm_backward"});
  enter<rmsNorm>(table, {"_fused_rms_norm"});
  enter<rmsNormGradient>(table, {"_fused_rms_norm_backward"});
  enter<batchNormGradient>(table, {"native_batch_norm_backward"});
  enter<groupNormGradient>(table, {"native_group_norm_backward"});
  enter<weightNorm>(table, {"_weight_norm_interface"});
}

}  // namespace core::trace::decompositions
