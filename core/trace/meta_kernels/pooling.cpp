// Pooling, unpooling, sliding windows and sampling from grids.

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

// The sizes with the last dimensions replaced.
Sizes withLastSizes(const Tensor& self, const Sizes& last) {
  Sizes sizes = self.sizes().vec();
  TORCH_CHECK(last.size() <= sizes.size(), "pooling: the input has too few dimensions");
  std::copy(last.begin(), last.end(), sizes.end() - static_cast<std::ptrdiff_t>(last.size()));
  return sizes;
}

Tensor adaptiveAveragePool2d(const Tensor& self, SymIntArrayRef outputSize) {
  return sizedAs(withLastSizes(self, integers(outputSize)), self, self.suggest_memory_format());
}

Tensor adaptiveAveragePool3d(const Tensor& self, SymIntArrayRef outputSize) {
  return sized(withLastSizes(self, integers(outputSize)), self);
}

Tensor adaptiveAveragePool2dBackward(const Tensor&, const Tensor& self) {
  return suggestedLike(self);
}

// Lists of length 1 stand for every dimension, an empty list for the value given.
std::int64_t entry(at::IntArrayRef list, std::size_t dim, std::int64_t ifEmpty) {
  return list.empty() ? ifEmpty : list[list.size() == 1 ? 0 : dim];
}

std::int64_t windowCount(std::int64_t extent, std::int64_t kernel, std::int64_t stride,
                         std::int64_t padding, std::int64_t dilation, bool ceil) {
  TORCH_CHECK(stride > 0, "stride must be positive");
  const std::int64_t room = extent + 2 * padding - dilation * (kernel - 1) - 1;
  TORCH_CHECK(room >= 0, "the window of ", kernel, " is larger than the padded input of ",
              extent + 2 * padding);
  const std::int64_t count = (room + (ceil ? stride - 1 : 0)) / stride + 1;
  // A window that would begin in the right padding is left out.
  return ceil && (count - 1) * stride >= extent + padding ? count - 1 : count;
}

TwoTensors maxPool3d(const Tensor& self, at::IntArrayRef kernel, at::IntArrayRef stride,
                     at::IntArrayRef padding, at::IntArrayRef dilation, bool ceil) {
  TORCH_CHECK(self.dim() == 4 || self.dim() == 5, "max_pool3d: expected 4 or 5 dimensions, got ",
              self.dim());
  Sizes counts;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t extent = self.size(static_cast<std::int64_t>(i) - 3);
    const std::int64_t window = entry(kernel, i, 1);
    counts.push_back(windowCount(extent, window, entry(stride, i, window), entry(padding, i, 0),
                                 entry(dilation, i, 1), ceil));
  }
  const Tensor output = sizedAs(withLastSizes(self, counts), self, self.suggest_memory_format());
  return {output, at::empty_like(output, at::kLong)};
}

Tensor maxPool3dBackward(const Tensor&, const Tensor& self, at::IntArrayRef, at::IntArrayRef,
                         at::IntArrayRef, at::IntArrayRef, bool, const Tensor&) {
  return suggestedLike(self);
}

Tensor maxUnpool2d(const Tensor& self, const Tensor&, SymIntArrayRef outputSize) {
  return sizedAs(withLastSizes(self, integers(outputSize)), self, self.suggest_memory_format());
}

Tensor maxUnpool3d(const Tensor& self, const Tensor&, SymIntArrayRef outputSize, at::IntArrayRef,
                   at::IntArrayRef) {
  return sized(withLastSizes(self, integers(outputSize)), self);
}

Tensor imageToColumns(const Tensor& self, at::IntArrayRef kernel, at::IntArrayRef dilation,
                      at::IntArrayRef padding, at::IntArrayRef stride) {
  TORCH_CHECK(self.dim() == 3 || self.dim() == 4, "im2col: expected 3 or 4 dimensions, got ",
              self.dim());
  std::int64_t windows = 1;
  for (std::size_t i = 0; i < 2; ++i) {
    windows *= windowCount(self.size(static_cast<std::int64_t>(i) - 2), entry(kernel, i, 1),
                           entry(stride, i, 1), entry(padding, i, 0), entry(dilation, i, 1), false);
  }
  Sizes sizes{self.size(-3) * entry(kernel, 0, 1) * entry(kernel, 1, 1), windows};
  if (self.dim() == 4) sizes.insert(sizes.begin(), self.size(0));
  return sized(sizes, self);
}

Tensor columnsToImage(const Tensor& self, SymIntArrayRef outputSize, at::IntArrayRef kernel,
                      at::IntArrayRef, at::IntArrayRef, at::IntArrayRef) {
  TORCH_CHECK(self.dim() == 2 || self.dim() == 3, "col2im: expected 2 or 3 dimensions, got ",
              self.dim());
  const Sizes extents = integers(outputSize);
  Sizes sizes{self.size(-2) / (entry(kernel, 0, 1) * entry(kernel, 1, 1)), extents.at(0),
              extents.at(1)};
  if (self.dim() == 3) sizes.insert(sizes.begin(), self.size(0));
  return sized(sizes, self);
}

Tensor gridSampler(const Tensor& input, const Tensor& grid, std::int64_t, std::int64_t, bool) {
  Sizes sizes{input.size(0), input.size(1)};
  for (std::int64_t dim = 1; dim + 1 < grid.dim(); ++dim) sizes.push_back(grid.size(dim));
  return sized(sizes, input);
}

TwoTensors gridSamplerBackward(const Tensor&, const Tensor& input, const Tensor& grid, std::int64_t,
                               std::int64_t, bool, std::array<bool, 2> mask) {
  return {mask[0] ? contiguousLike(input) : Tensor(), contiguousLike(grid)};
}

Tensor channelShuffle(const Tensor& self, SymInt) {
  return suggestedLike(self);
}

}  // namespace

void addPooling(MetaLibrary& library) {
  library.add("_adaptive_avg_pool2d", &adaptiveAveragePool2d);
  library.add("_adaptive_avg_pool2d_backward", &adaptiveAveragePool2dBackward);
  library.add("_adaptive_avg_pool3d", &adaptiveAveragePool3d);
  library.addBoxed<contiguousLikeArguments<1>>(
      {"_adaptive_avg_pool3d_backward", "fractional_max_pool3d_backward"});
  library.add("max_pool3d_with_indices", &maxPool3d);
  library.add("max_pool3d_with_indices_backward", &maxPool3dBackward);
  library.add("max_unpool2d", &maxUnpool2d);
  library.add("max_unpool3d", &maxUnpool3d);
  library.add("im2col", &imageToColumns);
  library.add("col2im", &columnsToImage);
  library.add("grid_sampler_2d", &gridSampler);
  library.add("grid_sampler_2d_backward", &gridSamplerBackward);
  library.add("grid_sampler_3d", &gridSampler);
  library.add("grid_sampler_3d_backward", &gridSamplerBackward);
  library.add("channel_shuffle", &channelShuffle);
  library.add("native_channel_shuffle", &channelShuffle);
}

}  // namespace core::trace::meta
