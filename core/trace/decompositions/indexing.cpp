// Writing into and reading from parts of a tensor: index, index_put, where with a mask of
// positions.

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

Tensor unsafeIndex(const Tensor& self, const Indices& indices) {
  return at::index(self, indices);
}

Tensor unsafeIndexPut(const Tensor& self, const Indices& indices, const Tensor& values,
                      bool accumulate) {
  return at::index_put(self, indices, values, accumulate);
}

/// A number as Python would hold it in a tensor of `dtype`.
Scalar asNumberOf(const Scalar& value, ScalarType dtype) {
  if (at::isComplexType(dtype)) return value.toComplexDouble();
  if (at::isFloatingType(dtype)) return value.toDouble();
  if (dtype == ScalarType::Bool) return value.toDouble() != 0;
  return value.to<std::int64_t>();
}

Tensor maskedFill(const Tensor& self, const Tensor& mask, const Scalar& value) {
  return at::where(mask, asNumberOf(value, self.scalar_type()), self).contiguous();
}

Tensor maskedFillTensor(const Tensor& self, const Tensor& mask, const Tensor& value) {
  TORCH_CHECK(value.dim() == 0, "masked_fill: the value must have no dimensions");
  return at::where(mask, value.to(self.scalar_type()), self).contiguous();
}

Tensor selectScatter(const Tensor& self, const Tensor& source, std::int64_t dim,
                     std::int64_t index) {
  const std::int64_t axis = wrapped(dim, self.dim());
  const std::int64_t extent = self.size(axis);
  Sizes shape(static_cast<std::size_t>(self.dim()), 1);
  shape[static_cast<std::size_t>(axis)] = -1;
  const Tensor position = range(std::int64_t{0}, extent).view(shape);
  const Tensor isChosen = at::eq(position, Scalar(index < 0 ? index + extent : index));
  return at::where(isChosen, source.unsqueeze(axis).expand(self.sizes()), self);
}

Tensor selectGradient(const Tensor& grad, const Sizes& sizes, std::int64_t dim,
                      std::int64_t index) {
  return at::select_scatter(grad.new_zeros(sizes), grad, dim, index);
}

Tensor sliceGradient(const Tensor& grad, const Sizes& sizes, std::int64_t dim, std::int64_t start,
                     std::int64_t end, std::int64_t step) {
  return at::slice_scatter(grad.new_zeros(sizes), grad, dim, start, end, step);
}

Tensor diagonalGradient(const Tensor& grad, const Sizes& sizes, std::int64_t offset,
                        std::int64_t dim1, std::int64_t dim2) {
  return at::diagonal_scatter(grad.new_zeros(sizes), grad, offset, dim1, dim2);
}

/// `indices` along `dim`, all elements of the dimensions before it.
Indices along(std::int64_t dim, const Tensor& indices) {
  Indices list;
  for (std::int64_t d = 0; d < dim; ++d) list.push_back(std::optional<Tensor>());
  list.push_back(std::optional<Tensor>(indices));
  return list;
}

Tensor unfoldGradient(const Tensor& gradient, const Sizes& sizes, std::int64_t dimension,
                      std::int64_t size, std::int64_t step) {
  if (sizes.empty()) return at::squeeze_copy(gradient, 0);
  const std::int64_t dim = wrapped(dimension, static_cast<std::int64_t>(sizes.size()));
  const Tensor all = range(std::int64_t{0}, sizes[static_cast<std::size_t>(dim)], ScalarType::Int);
  const Tensor index = all.unfold(0, size, step).flatten();
  const Tensor grad = gradient.movedim(-1, dim + 1).flatten(dim, dim + 1);
  const Tensor zeros = grad.new_zeros(sizes);
  return at::_unsafe_index_put(zeros, along(dim, index), grad, true).contiguous();
}

Tensor embeddingGradient(const Tensor& gradient, const Tensor& positions, std::int64_t rows,
                         std::int64_t padding, bool scaleByFrequency) {
  const ScalarType result = gradient.scalar_type();
  Tensor grad = gradient.to(computingType(result));
  const Tensor indices = positions.to(ScalarType::Long);
  if (scaleByFrequency) {
    const Tensor none = indices.new_zeros({rows});
    const Tensor ones = at::ones_like(indices);
    const Tensor counts = at::_unsafe_index_put(none, along(0, indices), ones, true);
    const Tensor frequency = at::index(counts, along(0, indices));
    grad = grad / frequency.unsqueeze(-1);
  }
  const Tensor isPadding = unsqueezeTo(at::eq(indices, Scalar(padding)), grad.dim());
  const Tensor kept = at::masked_fill(grad, isPadding, Scalar(std::int64_t{0}));
  Sizes sizes{rows};
  const auto features = grad.sizes().slice(static_cast<std::size_t>(indices.dim()));
  sizes.insert(sizes.end(), features.begin(), features.end());
  const Tensor zeros = grad.new_zeros(sizes);
  return at::_unsafe_index_put(zeros, along(0, indices), kept, true).to(result);
}

Tensor indexAdd(const Tensor& self, std::int64_t dim, const Tensor& index, const Tensor& source,
                const Scalar& alpha) {
  const std::int64_t axis = wrapped(dim, self.dim());
  const Tensor added = alpha.equal(1) ? source : source * number(alpha);
  const Tensor target = self.dim() == 0 ? self.unsqueeze(0) : self;
  const Tensor out = at::index_put(target, along(axis, index), added, true);
  return self.dim() == 0 ? at::squeeze(out, 0) : out.contiguous();
}

Tensor indexCopy(const Tensor& self, std::int64_t dim, const Tensor& positions,
                 const Tensor& source) {
  const std::int64_t axis = wrapped(dim, self.dim());
  const Tensor target = self.dim() == 0 ? self.unsqueeze(0) : self;
  const Tensor index = positions.dim() == 0 ? positions.unsqueeze(0) : positions;
  const Tensor out = at::index_put(target, along(axis, index), source, false);
  return self.dim() == 0 ? at::squeeze(out, 0) : out.contiguous();
}

Tensor indexFillTensor(const Tensor& self, std::int64_t dim, const Tensor& index,
                       const Tensor& value) {
  const Tensor target = self.dim() == 0 ? self.unsqueeze(0) : self;
  Sizes sizes = target.sizes().vec();
  sizes[static_cast<std::size_t>(wrapped(dim, target.dim()))] = index.numel();
  Tensor out = at::index_copy(target, dim, index, value.expand(sizes));
  if (self.dim() == 0) out = at::squeeze(out, 0).clone();
  if (out.strides() == self.strides()) return out;
  return at::copy(at::empty_like(self), out);
}

Tensor indexFill(const Tensor& self, std::int64_t dim, const Tensor& index, const Scalar& value) {
  const Tensor filler = at::scalar_tensor(value, self.options());
  return indexFillTensor(self, dim, index, filler);
}

/// Positions held inside the tensor; what the mask leaves out is replaced.
Tensor unsafeMaskedIndex(const Tensor& self, const Tensor& mask, const Indices& indices,
                         const Scalar& fill) {
  if (self.numel() == 0) return self.new_full(at::index(self, indices).sizes(), fill);
  Indices held;
  std::int64_t dim = 0;
  for (const std::optional<Tensor>& index : indices) {
    const Scalar last(self.size(dim++) - 1);
    held.push_back(index ? std::optional(at::clamp(*index, Scalar(std::int64_t{0}), last)) : index);
  }
  const Tensor read = at::_unsafe_index(self, held);
  return at::masked_fill(read, at::bitwise_not(mask), fill);
}

Tensor unsafeMaskedIndexPut(const Tensor& self, const Tensor& mask, const Indices& indices,
                            const Tensor& values) {
  if (self.numel() == 0) return self.clone();
  Indices held;
  std::int64_t dim = 0;
  for (const std::optional<Tensor>& index : indices) {
    const std::int64_t extent = self.size(dim++);
    held.push_back(index ? std::optional(at::clamp(*index, Scalar(-extent), Scalar(extent - 1)))
                         : index);
  }
  const Tensor kept = at::masked_fill(values, at::bitwise_not(mask), Scalar(std::int64_t{0}));
  return at::_unsafe_index_put(self, held, kept, true);
}

Tensor take(const Tensor& self, const Tensor& index) {
  return at::index(self.reshape({-1}), along(0, index));
}

/// t where the mask holds, else 0 or false.
Tensor masked(const Tensor& mask, const Tensor& t) {
  if (t.scalar_type() == ScalarType::Bool) return at::logical_and(mask, t);
  return at::where(mask, t, Scalar(std::int64_t{0}));
}

/// The distance of each element of a matrix from the main diagonal.
Tensor diagonalOf(const Tensor& self) {
  TORCH_CHECK(self.dim() >= 2, "a triangle needs a matrix, got ", self.dim(), " dimensions");
  const Tensor columns = range(std::int64_t{0}, self.size(-1)).unsqueeze(-2);
  return columns - range(std::int64_t{0}, self.size(-2)).unsqueeze(-1);
}

Tensor tril(const Tensor& self, std::int64_t diagonal) {
  return masked(at::le(diagonalOf(self), Scalar(diagonal)), self).contiguous();
}

Tensor triu(const Tensor& self, std::int64_t diagonal) {
  return masked(at::ge(diagonalOf(self), Scalar(diagonal)), self).contiguous();
}

Tensor diagEmbed(const Tensor& self, std::int64_t offset, std::int64_t first, std::int64_t second) {
  std::int64_t dim1 = wrapped(first, self.dim() + 1), dim2 = wrapped(second, self.dim() + 1);
  TORCH_CHECK(dim1 != dim2, "diag_embed: the dimensions must differ");
  if (dim1 > dim2) {
    std::swap(dim1, dim2);
    offset = -offset;
  }
  Tensor t = self;
  std::int64_t last = self.size(-1);
  if (offset != 0) {
    Sizes sizes = self.sizes().vec();
    sizes.back() = std::abs(offset);
    const Tensor zeros = at::zeros(sizes, self.options());
    t = offset > 0 ? at::cat({zeros, self}, -1) : at::cat({self, zeros}, -1);
    last += std::abs(offset);
  }
  t = t.unsqueeze(dim1).movedim(-1, dim2);
  const Tensor row = range(std::int64_t{0}, last, ScalarType::Long);
  const Tensor column = range(offset, last + offset, ScalarType::Long);
  Sizes shape(static_cast<std::size_t>(t.dim()), 1);
  shape[static_cast<std::size_t>(dim1)] = shape[static_cast<std::size_t>(dim2)] = last;
  const Tensor isDiagonal = at::eq(row, column.unsqueeze(-1)).reshape(shape);
  return masked(isDiagonal, t).contiguous();
}

}  // namespace

void enterIndexing(Table& table) {
  enter<unsafeIndex>(table, {"_unsafe_index.Tensor"});
  enter<unsafeIndexPut>(table, {"_unsafe_index_put"});
  enter<unsafeMaskedIndex>(table, {"_unsafe_masked_index"});
  enter<unsafeMaskedIndexPut>(table, {"_unsafe_masked_index_put_accumulate"});
  enter<maskedFill>(table, {"masked_fill.Scalar"});
  enter<maskedFillTensor>(table, {"masked_fill.Tensor"});
  enter<selectScatter>(table, {"select_scatter"});
  enter<selectGradient>(table, {"select_backward"});
  enter<sliceGradient>(table, {"slice_backward"});
  enter<diagonalGradient>(table, {"diagonal_backward"});
  enter<unfoldGradient>(table, {"unfold_backward"});
  enter<embeddingGradient>(table, {"embedding_dense_backward"});
  enter<indexAdd>(table, {"index_add"});
  enter<indexCopy>(table, {"index_copy"});
  enter<indexFill>(table, {"index_fill.int_Scalar"});
  enter<indexFillTensor>(table, {"index_fill.int_Tensor"});
  enter<take>(table, {"take"});
  enter<tril>(table, {"tril"});
  enter<triu>(table, {"triu"});
  enter<diagEmbed>(table, {"diag_embed"});
}

}  // namespace core::trace::decompositions
