// Batch, layer, group and weight normalization.
//
// PyTorch traces layer norm's gradient with a decomposition, so that its strides follow from
// pointwise calls, whatever the CPU kernel would give. A run copies an extern call's results into
// the graph's strides. The same calls are made here, on shapes only.

#include <ATen/OpMathType.h>

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

Tensor channelStatistics(const Tensor& input, std::int64_t count, at::ScalarType dtype) {
  return at::empty({count}, input.options().dtype(dtype));
}

/// A number for each channel, with `dims` dimensions, the channels first or second.
Tensor perChannel(const Tensor& input, std::int64_t dims) {
  Sizes sizes(static_cast<std::size_t>(dims), 1);
  sizes[sizes.size() - static_cast<std::size_t>(input.dim() - 1)] = input.size(1);
  return at::empty(sizes, input.options());
}

/// torch/_decomp/decompositions.py, native_batch_norm_helper: (input - mean) * rstd * weight +
/// bias.
Tensor batchNormOutput(const Tensor& input, const OptionalTensor& weight,
                       const OptionalTensor& bias, bool training) {
  const at::ScalarType type = input.scalar_type();
  const Tensor parameter = perChannel(input, input.dim() - 1);
  const Tensor statistics = training ? perChannel(input, input.dim()) : parameter;
  Tensor output = pointwise({pointwise({input, statistics}, type), statistics}, type);
  if (given(weight)) output = pointwise({output, parameter}, type);
  return given(bias) ? pointwise({output, parameter}, type) : output;
}

// Evaluation saves no statistics: the two tensors are empty.
ThreeTensors batchNormResults(const Tensor& input, const OptionalTensor& weight,
                              const OptionalTensor& bias, at::ScalarType dtype, bool training) {
  const std::int64_t count = training ? input.size(1) : 0;
  return {batchNormOutput(input, weight, bias, training), channelStatistics(input, count, dtype),
          channelStatistics(input, count, dtype)};
}

ThreeTensors batchNorm(const Tensor& input, const OptionalTensor& weight,
                       const OptionalTensor& bias, const OptionalTensor& mean,
                       const OptionalTensor& variance, bool training, double, double) {
  return batchNormResults(input, weight, bias,
                          statisticsType(input, {weight, bias, mean, variance}), training);
}

ThreeTensors batchNormLegit(const Tensor& input, const OptionalTensor& weight,
                            const OptionalTensor& bias, Tensor& mean, Tensor& variance,
                            bool training, double, double) {
  return batchNormResults(input, weight, bias,
                          statisticsType(input, {weight, bias, mean, variance}), training);
}

ThreeTensors batchNormWithoutStatistics(const Tensor& input, const OptionalTensor& weight,
                                        const OptionalTensor& bias, bool training, double, double) {
  return batchNormResults(input, weight, bias, statisticsType(input, {weight, bias}), training);
}

ThreeTensors batchNormInEvaluation(const Tensor& input, const OptionalTensor& weight,
                                   const OptionalTensor& bias, const Tensor& mean,
                                   const Tensor& variance, double, double) {
  return batchNormResults(input, weight, bias,
                          statisticsType(input, {weight, bias, mean, variance}), false);
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> batchNormFunctional(
    const Tensor& input, const OptionalTensor& weight, const OptionalTensor& bias,
    const Tensor& mean, const Tensor& variance, bool training, double, double) {
  auto [output, saveMean, saveInvStd] = batchNormResults(
      input, weight, bias, statisticsType(input, {weight, bias, mean, variance}), training);
  return {output, saveMean, saveInvStd, at::empty_like(mean), at::empty_like(variance)};
}

/// The same file, native_batch_norm_backward: ((gradient - proj) - mean) * scale in training.
Tensor batchNormGradient(const Tensor& gradient, const Tensor& input, bool training) {
  const at::ScalarType type = input.scalar_type();
  const Tensor each = perChannel(input, input.dim());
  if (!training) return pointwise({gradient, each}, type);
  const Tensor projection = pointwise({pointwise({input, each}, type), each}, type);
  const Tensor rest = pointwise({pointwise({gradient, projection}, type), each}, type);
  return pointwise({rest, each}, type);
}

ThreeTensors batchNormBackward(const Tensor& gradient, const Tensor& input,
                               const OptionalTensor& weight, const OptionalTensor& mean,
                               const OptionalTensor& variance, const OptionalTensor& saveMean,
                               const OptionalTensor& saveInvStd, bool training, double,
                               std::array<bool, 3> mask) {
  const auto dtype = statisticsType(input, {weight, mean, variance, saveMean, saveInvStd});
  return {mask[0] ? batchNormGradient(gradient, input, training) : Tensor(),
          mask[1] ? channelStatistics(input, input.size(1), dtype) : Tensor(),
          mask[2] ? channelStatistics(input, input.size(1), dtype) : Tensor()};
}

/// The type in which a decomposition computes, in contiguous memory if that takes a copy.
Tensor computed(const Tensor& tensor) {
  return tensor.to(at::toOpMathType(tensor.scalar_type()), false, false,
                   at::MemoryFormat::Contiguous);
}

/// torch/_refs, native_layer_norm: (input - mean) * rstd * weight + bias, of a contiguous input.
Tensor layerNormOutput(const Tensor& input, const Tensor& statistics, const OptionalTensor& weight,
                       const OptionalTensor& bias) {
  const at::ScalarType type = input.scalar_type();
  Tensor output = pointwise({pointwise({input.contiguous(), statistics}, type), statistics}, type);
  if (given(weight)) output = pointwise({output, *weight}, type);
  return given(bias) ? pointwise({output, *bias}, type) : output;
}

ThreeTensors layerNorm(const Tensor& input, SymIntArrayRef normalized, const OptionalTensor& weight,
                       const OptionalTensor& bias, double) {
  TORCH_CHECK(normalized.size() <= static_cast<std::size_t>(input.dim()),
              "layer_norm: the normalized shape has more dimensions than the input");
  Sizes sizes = input.sizes().vec();
  std::fill(sizes.end() - static_cast<std::ptrdiff_t>(normalized.size()), sizes.end(), 1);
  const auto options = input.options().dtype(statisticsType(input, {weight, bias}));
  const Tensor mean = at::empty(sizes, options);
  return {layerNormOutput(input, mean, weight, bias), mean, at::empty(sizes, options)};
}

/// torch/_decomp/decompositions.py, native_layer_norm_backward: (rstd / N) * (a - b - c3).
Tensor layerNormGradient(const Tensor& gradient, const Tensor& input, const Tensor& mean,
                         const Tensor& rstd, const OptionalTensor& weight) {
  const Tensor gradientIn = computed(gradient);
  const at::ScalarType type = gradientIn.scalar_type();
  const Tensor centered = pointwise({computed(input), mean}, type);
  const Tensor normalized = pointwise({centered, rstd}, type);
  const Tensor scaled =
      given(weight) ? pointwise({gradientIn, computed(*weight)}, type) : gradientIn;
  const Tensor first = pointwise({scaled}, type);
  const Tensor second = pointwise({first, mean}, type);
  const Tensor inner = pointwise({second, pointwise({normalized, mean}, type)}, type);
  return pointwise({rstd, inner}, input.scalar_type());
}

ThreeTensors layerNormBackward(const Tensor& gradient, const Tensor& input, SymIntArrayRef,
                               const Tensor& mean, const Tensor& rstd, const OptionalTensor& weight,
                               const OptionalTensor& bias, std::array<bool, 3> mask) {
  const auto inputGradient = [&] {
    // Nothing is computed of an empty input.
    if (input.numel() == 0) return contiguousLike(input);
    return layerNormGradient(gradient, input, mean, rstd, weight);
  };
  return {mask[0] ? inputGradient() : Tensor(),
          mask[1] && given(weight) ? contiguousLike(*weight) : Tensor(),
          mask[2] && given(bias) ? contiguousLike(*bias) : Tensor()};
}

ThreeTensors groupNorm(const Tensor& input, const OptionalTensor& weight,
                       const OptionalTensor& bias, SymInt batch, SymInt, SymInt,
                       std::int64_t groups, double) {
  const auto options = input.options().dtype(statisticsType(input, {weight, bias}));
  const Sizes sizes{batch.expect_int(), groups};
  return {suggestedLike(input), at::empty(sizes, options), at::empty(sizes, options)};
}

ThreeTensors groupNormBackward(const Tensor&, const Tensor& input, const Tensor& mean,
                               const Tensor&, const OptionalTensor&, SymInt, SymInt channels,
                               SymInt, std::int64_t, std::array<bool, 3> mask) {
  const std::int64_t count = channels.expect_int();
  return {mask[0] ? suggestedLike(input) : Tensor(),
          mask[1] ? channelStatistics(input, count, mean.scalar_type()) : Tensor(),
          mask[2] ? channelStatistics(input, count, mean.scalar_type()) : Tensor()};
}

TwoTensors weightNorm(const Tensor& direction, const Tensor& magnitude, std::int64_t) {
  const auto dtype =
      at::isReducedFloatingType(magnitude.scalar_type()) ? at::kFloat : magnitude.scalar_type();
  return {contiguousLike(direction), at::empty_strided(magnitude.sizes(), magnitude.strides(),
                                                       magnitude.options().dtype(dtype))};
}

}  // namespace

void addNorms(MetaLibrary& library) {
  library.add("native_batch_norm", &batchNorm);
  library.add("_native_batch_norm_legit", &batchNormLegit);
  library.add("_native_batch_norm_legit.no_stats", &batchNormWithoutStatistics);
  library.add("_native_batch_norm_legit_no_training", &batchNormInEvaluation);
  library.add("_native_batch_norm_legit_functional", &batchNormFunctional);
  library.add("native_batch_norm_backward", &batchNormBackward);
  library.add("native_layer_norm", &layerNorm);
  library.add("native_layer_norm_backward", &layerNormBackward);
  library.add("native_group_norm", &groupNorm);
  library.add("native_group_norm_backward", &groupNormBackward);
  library.add("_weight_norm_interface", &weightNorm);
  library.addBoxed<contiguousLikeArguments<1, 2>>({"_weight_norm_interface_backward"});
}

}  // namespace core::trace::meta
