// Convolutions of one, two and three dimensions, transposed ones included.

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

// The CPU computes in channels_last if either operand is laid out so. In three dimensions only
// oneDNN does, and it does not take float64.
at::MemoryFormat computeFormat(const Tensor& input, const Tensor& weight) {
  const auto channelsLast =
      input.dim() == 5 ? at::MemoryFormat::ChannelsLast3d : at::MemoryFormat::ChannelsLast;
  const bool suggested = input.suggest_memory_format() == channelsLast ||
                         weight.suggest_memory_format() == channelsLast;
  if (input.dim() == 4 && suggested) return channelsLast;
  if (input.dim() == 5 && suggested && input.scalar_type() != at::kDouble) return channelsLast;
  return at::MemoryFormat::Contiguous;
}

// Lists of length 1 stand for every spatial dimension.
std::int64_t entry(const Sizes& list, std::size_t dim) {
  return list.size() == 1 ? list[0] : list.at(dim);
}

Tensor convolution(const Tensor& input, const Tensor& weight, const OptionalTensor&,
                   SymIntArrayRef stride, SymIntArrayRef padding, SymIntArrayRef dilation,
                   bool transposed, SymIntArrayRef outputPadding, SymInt groups) {
  const Sizes strides = integers(stride), paddings = integers(padding),
              dilations = integers(dilation), outputPaddings = integers(outputPadding);
  const std::int64_t groupCount = groups.expect_int();
  TORCH_CHECK(input.dim() == weight.dim() && input.dim() >= 3,
              "convolution: expected an input and a weight of equal rank, 3 to 5, got ",
              input.dim(), " and ", weight.dim());
  const std::int64_t channels = transposed ? weight.size(0) : weight.size(1) * groupCount;
  TORCH_CHECK(input.size(1) == channels, "convolution: the weight of sizes ", weight.sizes(),
              " with ", groupCount, " groups expects ", channels, " channels, the input has ",
              input.size(1));
  Sizes sizes{input.size(0), transposed ? weight.size(1) * groupCount : weight.size(0)};
  for (std::size_t i = 0; i + 2 < static_cast<std::size_t>(input.dim()); ++i) {
    const std::int64_t kernel = weight.size(static_cast<std::int64_t>(i) + 2);
    const std::int64_t extent = input.size(static_cast<std::int64_t>(i) + 2);
    const std::int64_t covered = entry(dilations, i) * (kernel - 1) + 1;
    const std::int64_t pads = 2 * entry(paddings, i);
    TORCH_CHECK(entry(strides, i) > 0, "convolution: stride must be positive");
    TORCH_CHECK(transposed || extent + pads >= covered,
                "convolution: the kernel is larger than the padded input: ", covered, " > ",
                extent + pads);
    sizes.push_back(transposed ? (extent - 1) * entry(strides, i) - pads + covered +
                                     entry(outputPaddings, i)
                               : (extent + pads - covered) / entry(strides, i) + 1);
  }
  return sizedAs(sizes, input, computeFormat(input, weight));
}

ThreeTensors convolutionBackward(const Tensor& grad, const Tensor& input, const Tensor& weight,
                                 at::OptionalSymIntArrayRef, SymIntArrayRef, SymIntArrayRef,
                                 SymIntArrayRef, bool, SymIntArrayRef, SymInt,
                                 std::array<bool, 3> mask) {
  const auto format = computeFormat(input, weight);
  return {mask[0] ? sizedAs(input.sizes(), input, format) : Tensor(),
          mask[1] ? sizedAs(weight.sizes(), weight, format) : Tensor(),
          mask[2] ? sized({grad.size(1)}, grad) : Tensor()};
}

}  // namespace

void addConvolution(MetaLibrary& library) {
  library.add("convolution", &convolution);
  library.add("convolution_backward", &convolutionBackward);
}

}  // namespace core::trace::meta
