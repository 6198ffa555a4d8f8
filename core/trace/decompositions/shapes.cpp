// Views in terms of few: permute, squeeze.dims, split_with_sizes, slice.

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

Tensor transpose(const Tensor& self, std::int64_t dim0, std::int64_t dim1) {
  if (self.dim() <= 1 || dim0 == dim1) return at::alias(self);
  Sizes order = dimensionRange(0, self.dim());
  std::swap(order[static_cast<std::size_t>(wrapped(dim0, self.dim()))],
            order[static_cast<std::size_t>(wrapped(dim1, self.dim()))]);
  return at::permute(self, order);
}

Tensor matrixTranspose(const Tensor& self) {
  TORCH_CHECK(self.dim() <= 2, "t() expects at most 2 dimensions, got ", self.dim());
  return at::transpose(self, 0, self.dim() < 2 ? 0 : 1);
}

Tensor detached(const Tensor& self) {
  return at::alias(self);
}

Tensor viewed(const Tensor& self, const Sizes& sizes) {
  return self.view(sizes);
}

Tensor reshapeAlias(const Tensor& self, const Sizes& sizes, const Sizes&) {
  return self.view(sizes);
}

Tensor squeezeAll(const Tensor& self) {
  return at::squeeze(self, dimensionRange(0, self.dim()));
}

Tensor squeezeOne(const Tensor& self, std::int64_t dim) {
  return at::squeeze(self, at::IntArrayRef{dim});
}

std::vector<Tensor> split(const Tensor& self, std::int64_t size, std::int64_t dim) {
  const std::int64_t extent = self.size(dim);
  if (size == 0) {
    TORCH_CHECK(extent == 0, "split: pieces of size 0 of a dimension of size ", extent);
    return {self.detach()};
  }
  const std::int64_t count = (extent + size - 1) / size;
  Sizes sizes(static_cast<std::size_t>(count), size);
  if (!sizes.empty()) sizes.back() = size - (size * count - extent);
  return at::split_with_sizes(self, sizes, dim);
}

std::vector<Tensor> unsafeSplit(const Tensor& self, std::int64_t size, std::int64_t dim) {
  return at::split(self, size, dim);
}

std::vector<Tensor> unsafeSplitWithSizes(const Tensor& self, const Sizes& sizes, std::int64_t dim) {
  return at::split_with_sizes(self, sizes, dim);
}

std::vector<Tensor> unbind(const Tensor& self, std::int64_t dim) {
  const std::int64_t axis = wrapped(dim, self.dim());
  const std::int64_t extent = self.size(axis);
  if (extent == 0) return {};
  std::vector<Tensor> slices;
  for (Tensor& piece : at::tensor_split(self, extent, axis)) slices.push_back(std::move(piece));
  for (Tensor& slice : slices) slice = at::squeeze(slice, axis);
  return slices;
}

Tensor stack(const std::vector<Tensor>& tensors, std::int64_t dim) {
  const std::int64_t rank = tensors.front().dim();
  const std::int64_t axis = wrapped(dim, rank + 1);
  if (axis < rank) {
    Sizes sizes = tensors.front().sizes().vec();
    sizes.insert(sizes.begin() + axis, static_cast<std::int64_t>(tensors.size()));
    return at::cat(tensors, axis).view(sizes);
  }
  std::vector<Tensor> columns;
  for (const Tensor& tensor : tensors) columns.push_back(tensor.unsqueeze(axis));
  return at::cat(columns, dim);
}

/// The last three sizes of an image and those before them.
struct ImageSizes {
  Sizes batch;
  std::int64_t channels, height, width;
};

ImageSizes imageSizes(const Tensor& self) {
  TORCH_CHECK(self.dim() >= 3, "pixel shuffling needs at least 3 dimensions, got ", self.dim());
  return {self.sizes().slice(0, static_cast<std::size_t>(self.dim() - 3)).vec(), self.size(-3),
          self.size(-2), self.size(-1)};
}

Sizes joined(const Sizes& front, std::initializer_list<std::int64_t> back) {
  Sizes sizes = front;
  sizes.insert(sizes.end(), back);
  return sizes;
}

Sizes permutation(std::size_t batch, std::initializer_list<std::int64_t> order) {
  const auto n = static_cast<std::int64_t>(batch);
  Sizes dims = dimensionRange(0, n);
  for (const std::int64_t d : order) dims.push_back(n + d);
  return dims;
}

Tensor pixelShuffle(const Tensor& self, std::int64_t factor) {
  const auto [batch, channels, height, width] = imageSizes(self);
  const std::int64_t fewer = channels / (factor * factor);
  return self.view(joined(batch, {fewer, factor, factor, height, width}))
      .permute(permutation(batch.size(), {0, 3, 1, 4, 2}))
      .reshape(joined(batch, {fewer, height * factor, width * factor}))
      .clone(self.suggest_memory_format());
}

Tensor pixelUnshuffle(const Tensor& self, std::int64_t factor) {
  const auto [batch, channels, height, width] = imageSizes(self);
  const std::int64_t rows = height / factor, columns = width / factor;
  return self.view(joined(batch, {channels, rows, factor, columns, factor}))
      .permute(permutation(batch.size(), {0, 2, 4, 1, 3}))
      .reshape(joined(batch, {channels * factor * factor, rows, columns}))
      .clone(self.suggest_memory_format());
}

Tensor channelShuffle(const Tensor& self, std::int64_t groups) {
  if (self.numel() == 0) return self.view(self.sizes());
  Sizes sizes{self.size(0), groups, self.size(1) / groups};
  const auto spatial = self.sizes().slice(2);
  sizes.insert(sizes.end(), spatial.begin(), spatial.end());
  return self.reshape(sizes).transpose(1, 2).reshape(self.sizes()).contiguous();
}

/// One dimension; the ends meet.
Tensor rolledOnce(const Tensor& self, std::int64_t shift, std::int64_t dim) {
  const std::int64_t size = self.size(dim);
  const std::int64_t start = ((size - shift) % size + size) % size;
  const Tensor index = range(std::int64_t{0}, size);
  return self.index_select(dim, at::fmod(index + number(start), Scalar(size)));
}

Tensor roll(const Tensor& self, const Sizes& shifts, const Sizes& dims) {
  if (self.numel() == 0) return self.clone();
  if (dims.empty() && shifts.size() == 1)
    return at::roll(at::flatten(self), shifts, {0}).view(self.sizes());
  TORCH_CHECK(shifts.size() == dims.size() && !dims.empty(),
              "roll: shifts and dimensions must align");
  Tensor rolled = self;
  for (std::size_t i = 0; i < dims.size(); ++i)
    rolled = rolledOnce(rolled, shifts[i], wrapped(dims[i], self.dim()));
  return rolled;
}

Tensor rot90(const Tensor& self, std::int64_t turns, const Sizes& dims) {
  TORCH_CHECK(dims.size() == 2 && self.dim() >= 2, "rot90: two dimensions are needed");
  const std::int64_t a = wrapped(dims[0], self.dim()), b = wrapped(dims[1], self.dim());
  switch ((turns % 4 + 4) % 4) {
    case 1: return at::flip(self, {b}).transpose(a, b);
    case 2: return at::flip(self, {a, b});
    case 3: return at::flip(self, {a}).transpose(a, b);
    default: return self.clone(at::MemoryFormat::Contiguous);
  }
}

Tensor copied(const Tensor& view) {
  return view.clone(at::MemoryFormat::Contiguous);
}
Tensor aliasCopy(const Tensor& self) {
  return copied(at::alias(self));
}
Tensor diagonalCopy(const Tensor& self, std::int64_t offset, std::int64_t dim1, std::int64_t dim2) {
  return copied(at::diagonal(self, offset, dim1, dim2));
}
Tensor expandCopy(const Tensor& self, const Sizes& sizes, bool) {
  return copied(self.expand(sizes));
}
Tensor squeezeCopy(const Tensor& self) {
  return copied(at::squeeze(self));
}
Tensor squeezeCopyOne(const Tensor& self, std::int64_t dim) {
  return copied(at::squeeze(self, dim));
}
Tensor squeezeCopySome(const Tensor& self, const Sizes& dims) {
  return copied(at::squeeze(self, dims));
}
Tensor matrixTransposeCopy(const Tensor& self) {
  return copied(at::t(self));
}
Tensor transposeCopy(const Tensor& self, std::int64_t dim0, std::int64_t dim1) {
  return copied(at::transpose(self, dim0, dim1));
}
Tensor unfoldCopy(const Tensor& self, std::int64_t dim, std::int64_t size, std::int64_t step) {
  return copied(self.unfold(dim, size, step));
}
Tensor unsqueezeCopy(const Tensor& self, std::int64_t dim) {
  return copied(self.unsqueeze(dim));
}
std::vector<Tensor> splitCopies(const Tensor& self, const Sizes& sizes, std::int64_t dim) {
  std::vector<Tensor> pieces = at::split_with_sizes(self, sizes, dim);
  for (Tensor& piece : pieces) piece = copied(piece);
  return pieces;
}

}  // namespace

void enterShapes(Table& table) {
  enter<transpose>(table, {"transpose.int"});
  enter<matrixTranspose>(table, {"t"});
  enter<detached>(table, {"detach"});
  enter<viewed>(table, {"_unsafe_view"});
  enter<reshapeAlias>(table, {"_reshape_alias"});
  enter<squeezeAll>(table, {"squeeze"});
  enter<squeezeOne>(table, {"squeeze.dim"});
  enter<split>(table, {"split.Tensor"});
  enter<unsafeSplit>(table, {"unsafe_split.Tensor"});
  enter<unsafeSplitWithSizes>(table, {"unsafe_split_with_sizes"});
  enter<unbind>(table, {"unbind.int"});
  enter<stack>(table, {"stack"});
  enter<pixelShuffle>(table, {"pixel_shuffle"});
  enter<pixelUnshuffle>(table, {"pixel_unshuffle"});
  enter<channelShuffle>(table, {"channel_shuffle"});
  enter<roll>(table, {"roll"});
  enter<rot90>(table, {"rot90"});
  enter<aliasCopy>(table, {"alias_copy"});
  enter<diagonalCopy>(table, {"diagonal_copy"});
  enter<expandCopy>(table, {"expand_copy"});
  enter<squeezeCopy>(table, {"squeeze_copy"});
  enter<squeezeCopyOne>(table, {"squeeze_copy.dim"});
  enter<squeezeCopySome>(table, {"squeeze_copy.dims"});
  enter<matrixTransposeCopy>(table, {"t_copy"});
  enter<transposeCopy>(table, {"transpose_copy.int"});
  enter<unfoldCopy>(table, {"unfold_copy"});
  enter<unsqueezeCopy>(table, {"unsqueeze_copy"});
  enter<splitCopies>(table, {"split_with_sizes_copy"});
}

}  // namespace core::trace::decompositions
