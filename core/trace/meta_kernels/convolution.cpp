// Convolutions of one, two and three dimensions, transposed ones included.

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/cpu/Utils.h>

#include <algorithm>

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

struct Geometry {
  Sizes stride, padding, dilation, outputPadding;
  bool transposed;
  std::int64_t groups;
};

// Lists of length 1 stand for every spatial dimension.
std::int64_t entry(const Sizes& list, std::size_t dim) {
  return list.size() == 1 ? list[0] : list.at(dim);
}

bool isAnyAbove(const Sizes& list, std::int64_t limit) {
  return std::any_of(list.begin(), list.end(), [=](std::int64_t value) { return value > limit; });
}

bool hasLargeOutputPadding(const Geometry& geometry, std::size_t dims) {
  for (std::size_t i = 0; i < dims; ++i) {
    if (entry(geometry.outputPadding, i) >= entry(geometry.stride, i)) return true;
  }
  return false;
}

// Whether oneDNN takes half or bfloat16 on this machine. Only x86 names what that takes.
bool hasInstructionsFor(at::ScalarType reduced) {
  static const auto capabilities = at::cpu::get_cpu_capabilities();
  const auto has = [](const char* name) {
    const auto found = capabilities.find(name);
    return found == capabilities.end() || found->second == c10::IValue(true);
  };
  return reduced == at::kHalf ? has("avx512_fp16") || has("avx_ne_convert") : has("avx512_bw");
}

// Whether PyTorch takes oneDNN for a convolution of volumes on the CPU (ConvParams::use_mkldnn):
// for small float32 ones its own kernel is faster.
bool usesOneDnn(const Tensor& input, const Tensor& weight, const Geometry& geometry) {
  if (!at::globalContext().userEnabledMkldnn()) return false;
  if (geometry.transposed && hasLargeOutputPadding(geometry, 3)) return false;
  if (at::isReducedFloatingType(input.scalar_type()))
    return hasInstructionsFor(input.scalar_type());
  if (input.scalar_type() != at::kFloat) return false;
  const bool notByPoint = isAnyAbove(geometry.stride, 1) || isAnyAbove(geometry.dilation, 1) ||
                          input.size(0) >= 16 || weight.size(-1) != 1 || weight.size(-2) != 1 ||
                          at::get_num_threads() > 1;
  const std::int64_t size = input.size(0) * input.size(1) * input.size(2) * input.size(3);
  return notByPoint && (geometry.groups > 1 || (weight.size(-1) > 3 && weight.size(-2) > 3) ||
                        input.size(0) > 1 || size > 20480);
}

// The CPU computes in channels_last if either operand is laid out so; for volumes only oneDNN does.
at::MemoryFormat computeFormat(const Tensor& input, const Tensor& weight,
                               const Geometry& geometry) {
  const auto channelsLast =
      input.dim() == 5 ? at::MemoryFormat::ChannelsLast3d : at::MemoryFormat::ChannelsLast;
  const bool suggested = input.suggest_memory_format() == channelsLast ||
                         weight.suggest_memory_format() == channelsLast;
  const bool can = input.dim() == 4 || (input.dim() == 5 && usesOneDnn(input, weight, geometry));
  return suggested && can ? channelsLast : at::MemoryFormat::Contiguous;
}

void checkChannels(const Tensor& input, const Tensor& weight, const Geometry& geometry) {
  TORCH_CHECK(input.dim() == weight.dim() && input.dim() >= 3 && input.dim() <= 5,
              "convolution: expected an input and a weight of equal rank, 3 to 5, got ",
              input.dim(), " and ", weight.dim());
  const std::int64_t channels =
      geometry.transposed ? weight.size(0) : weight.size(1) * geometry.groups;
  TORCH_CHECK(input.size(1) == channels, "convolution: the weight of sizes ", weight.sizes(),
              " with ", geometry.groups, " groups expects ", channels, " channels, the input has ",
              input.size(1));
}

std::int64_t outputExtent(std::int64_t extent, std::int64_t kernel, const Geometry& geometry,
                          std::size_t dim) {
  const std::int64_t covered = entry(geometry.dilation, dim) * (kernel - 1) + 1;
  const std::int64_t pads = 2 * entry(geometry.padding, dim);
  const std::int64_t stride = entry(geometry.stride, dim);
  TORCH_CHECK(stride > 0, "convolution: stride must be positive");
  if (geometry.transposed) {
    return (extent - 1) * stride - pads + covered + entry(geometry.outputPadding, dim);
  }
  TORCH_CHECK(extent + pads >= covered,
              "convolution: the kernel is larger than the padded input: ", covered, " > ",
              extent + pads);
  return (extent + pads - covered) / stride + 1;
}

Tensor convolution(const Tensor& input, const Tensor& weight, const OptionalTensor&,
                   SymIntArrayRef stride, SymIntArrayRef padding, SymIntArrayRef dilation,
                   bool transposed, SymIntArrayRef outputPadding, SymInt groups) {
  const Geometry geometry{integers(stride),        integers(padding), integers(dilation),
                          integers(outputPadding), transposed,        groups.expect_int()};
  checkChannels(input, weight, geometry);
  Sizes sizes{input.size(0), transposed ? weight.size(1) * geometry.groups : weight.size(0)};
  for (std::int64_t dim = 2; dim < input.dim(); ++dim) {
    sizes.push_back(outputExtent(input.size(dim), weight.size(dim), geometry,
                                 static_cast<std::size_t>(dim - 2)));
  }
  return sizedAs(sizes, input, computeFormat(input, weight, geometry));
}

ThreeTensors convolutionBackward(const Tensor& grad, const Tensor& input, const Tensor& weight,
                                 at::OptionalSymIntArrayRef, SymIntArrayRef stride,
                                 SymIntArrayRef padding, SymIntArrayRef dilation, bool transposed,
                                 SymIntArrayRef outputPadding, SymInt groups,
                                 std::array<bool, 3> mask) {
  const Geometry geometry{integers(stride),        integers(padding), integers(dilation),
                          integers(outputPadding), transposed,        groups.expect_int()};
  const auto format = computeFormat(input, weight, geometry);
  // Nothing is computed of an empty batch: zeros like the weight.
  const auto weightGradient = [&] {
    return input.numel() == 0 ? at::empty_like(weight) : sizedAs(weight.sizes(), weight, format);
  };
  return {mask[0] ? sizedAs(input.sizes(), input, format) : Tensor(),
          mask[1] ? weightGradient() : Tensor(), mask[2] ? sized({grad.size(1)}, grad) : Tensor()};
}

}  // namespace

void addConvolution(MetaLibrary& library) {
  library.add("convolution", &convolution);
  library.add("convolution_backward", &convolutionBackward);
}

}  // namespace core::trace::meta
