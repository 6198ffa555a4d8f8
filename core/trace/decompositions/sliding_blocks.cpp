// Blocks that slide over an image (im2col, col2im), and pooling undone: index arithmetic around one
// gather or scatter.

#include <array>
#include <functional>
#include <numeric>

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

/// Along one dimension of the image.
struct Slide {
  std::int64_t extent = 0;
  std::int64_t kernel = 0;
  std::int64_t dilation = 1;
  std::int64_t padding = 0;
  std::int64_t stride = 1;

  std::int64_t blocks() const {
    return 1 + (extent + 2 * padding - dilation * (kernel - 1) - 1) / stride;
  }
};

/// Down and across.
using Slides = std::array<Slide, 2>;

Slides slidesOf(at::IntArrayRef extents, const Sizes& kernel, const Sizes& dilation,
                const Sizes& padding, const Sizes& stride) {
  Slides slides;
  for (std::size_t i = 0; i < slides.size(); ++i) {
    slides[i] = {extents[i], kernel[i], dilation[i], padding[i], stride[i]};
    TORCH_CHECK(kernel[i] > 0 && dilation[i] > 0 && padding[i] >= 0 && stride[i] > 0,
                "sliding blocks: kernel, dilation and stride must be positive");
    TORCH_CHECK(slides[i].blocks() > 0, "sliding blocks: the image is smaller than a block");
  }
  return slides;
}

Tensor steps(std::int64_t end, std::int64_t step) {
  const auto options = at::TensorOptions().dtype(at::kLong).device(at::kCPU).pinned_memory(false);
  return at::arange(Scalar(std::int64_t{0}), Scalar(end), Scalar(step), options);
}

/// The position in the padded image of each element of a block, for each block.
Tensor positions(const Slide& slide) {
  const std::int64_t starts =
      slide.extent + slide.padding * 2 - slide.dilation * (slide.kernel - 1);
  const Tensor first = steps(starts, slide.stride).unsqueeze(0);
  const Tensor inBlock = steps(slide.kernel * slide.dilation, slide.dilation).unsqueeze(-1);
  return first + inBlock;
}

Tensor padded(const Tensor& image, const Slides& slides, std::int64_t sign) {
  const std::int64_t across = sign * slides[1].padding;
  const std::int64_t down = sign * slides[0].padding;
  return at::constant_pad_nd(image, {across, across, down, down}, Scalar(0.0));
}

Indices atPixels(const Tensor& rows, const Tensor& columns) {
  Indices indices;
  indices.push_back(std::optional<Tensor>());
  indices.push_back(std::optional<Tensor>());
  indices.push_back(std::optional<Tensor>(rows));
  indices.push_back(std::optional<Tensor>(columns));
  return indices;
}

Tensor imageToColumns(const Tensor& image, const Sizes& kernel, const Sizes& dilation,
                      const Sizes& padding, const Sizes& stride) {
  const bool isBatched = image.dim() == 4;
  const Tensor input = isBatched ? image : image.unsqueeze(0);
  const Slides slides = slidesOf(input.sizes().slice(2), kernel, dilation, padding, stride);
  const Tensor rows = positions(slides[0]);
  const Tensor columns = positions(slides[1]);
  const Tensor source = padded(input, slides, 1);
  const Tensor rowsOfBlocks = rows.unsqueeze(-1).unsqueeze(-1);
  const Tensor read = at::index(source, atPixels(rowsOfBlocks, columns));
  const Tensor blocks = read.permute({0, 1, 2, 4, 3, 5})
                            .reshape({input.size(0), input.size(1) * kernel[0] * kernel[1],
                                      slides[0].blocks() * slides[1].blocks()});
  return isBatched ? blocks : blocks.squeeze(0);
}

Tensor columnsToImage(const Tensor& columnsIn, const Sizes& size, const Sizes& kernel,
                      const Sizes& dilation, const Sizes& padding, const Sizes& stride) {
  const bool isBatched = columnsIn.dim() == 3;
  const Tensor input = isBatched ? columnsIn : columnsIn.unsqueeze(0);
  const Slides slides = slidesOf(size, kernel, dilation, padding, stride);
  const std::int64_t batch = input.size(0), channels = input.size(1) / (kernel[0] * kernel[1]);
  const Tensor values =
      input.reshape({batch, channels, kernel[0], kernel[1], slides[0].blocks(), slides[1].blocks()})
          .permute({0, 1, 2, 4, 3, 5});
  const Tensor rows = unsqueezeTo(positions(slides[0]), 4);
  const Tensor columns = positions(slides[1]);
  const Tensor zeros =
      input.new_zeros({batch, channels, size[0] + 2 * padding[0], size[1] + 2 * padding[1]});
  const Tensor sum = at::_unsafe_index_put(zeros, atPixels(rows, columns), values, true);
  const Tensor image = padded(sum, slides, -1);
  return isBatched ? image : image.squeeze(0);
}

/// The last dimensions of `self` are spread over `size`, each image on its own.
Tensor unpooled(const Tensor& self, const Tensor& indices, const Sizes& size) {
  const auto batchSizes = self.sizes().slice(0, static_cast<std::size_t>(self.dim()) - size.size());
  Sizes outputSizes = batchSizes.vec();
  outputSizes.insert(outputSizes.end(), size.begin(), size.end());
  const auto product = [](at::IntArrayRef sizes) {
    return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
  };
  if (product(outputSizes) == 0) return self.new_zeros(outputSizes);
  Sizes imageShape(static_cast<std::size_t>(self.dim()), 1);
  std::copy(batchSizes.begin(), batchSizes.end(), imageShape.begin());
  const Tensor image = range(std::int64_t{0}, product(batchSizes)).view(imageShape);
  const Tensor offset = image * number(product(size));
  const Tensor positionsInAll = (indices + offset).reshape(-1);
  const Tensor zeros = self.new_zeros(outputSizes);
  const Tensor target = zeros.reshape(-1);
  Indices flat;
  flat.push_back(std::optional<Tensor>(positionsInAll));
  const Tensor values = self.reshape(-1);
  return at::_unsafe_index_put(target, flat, values, false).view(outputSizes);
}

Tensor maxUnpool3d(const Tensor& self, const Tensor& indices, const Sizes& size, const Sizes&,
                   const Sizes&) {
  return unpooled(self, indices, size);
}

}  // namespace

void enterSlidingBlocks(Table& table) {
  enter<imageToColumns>(table, {"im2col"});
  enter<columnsToImage>(table, {"col2im"});
  enter<unpooled>(table, {"max_unpool2d"});
  enter<maxUnpool3d>(table, {"max_unpool3d"});
}

}  // namespace core::trace::decompositions
