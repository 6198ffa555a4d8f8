// Embeddings, gathers by index, searches, shifts and index factories.

#include <ATen/WrapDimUtils.h>

#include <algorithm>

#include "core/trace/meta_kernels/meta_kernel_torch.h"
#include "core/trace/trace_target.h"

namespace core::trace::meta {
namespace {

Sizes selectedSizes(const Tensor& self, std::int64_t dim, const Tensor& index) {
  TORCH_CHECK(index.dim() <= 1, "index_select: the index must have one dimension");
  Sizes sizes = self.sizes().vec();
  if (self.dim() > 0) {
    sizes[static_cast<std::size_t>(at::maybe_wrap_dim(dim, self.dim()))] = index.numel();
  }
  return sizes;
}

Tensor indexSelect(const Tensor& self, std::int64_t dim, const Tensor& index) {
  return sized(selectedSizes(self, dim, index), self);
}

Tensor& indexSelectOut(const Tensor& self, std::int64_t dim, const Tensor& index, Tensor& out) {
  out.resize_(selectedSizes(self, dim, index));
  return out;
}

Tensor take(const Tensor& self, const Tensor& index) {
  return sized(index.sizes(), self);
}

Tensor& takeOut(const Tensor&, const Tensor& index, Tensor& out) {
  out.resize_(index.sizes());
  return out;
}

Tensor embeddingDenseBackward(const Tensor& grad, const Tensor&, SymInt rows, SymInt, bool) {
  return sized({rows.expect_int(), grad.size(-1)}, grad);
}

constexpr std::int64_t kSumMode = 0;
constexpr std::int64_t kMeanMode = 1;
constexpr std::int64_t kMaxMode = 2;

// On the fast path of a sum the CPU, unlike a GPU, needs no map from index to bag and leaves it
// empty.
bool isFastBagSum(const Tensor& weight, const OptionalTensor& perSampleWeights, std::int64_t mode,
                  std::int64_t paddingIndex) {
  const bool type = weight.scalar_type() == at::kFloat || weight.scalar_type() == at::kHalf ||
                    weight.scalar_type() == at::kBFloat16;
  const bool strides =
      weight.stride(1) == 1 && (!given(perSampleWeights) || perSampleWeights->stride(0) == 1);
  return (mode == kSumMode || mode == kMeanMode) && type && strides && paddingIndex < 0;
}

FourTensors embeddingBag(const Tensor& weight, const Tensor& indices, const Tensor& offsets, bool,
                         std::int64_t mode, bool, const OptionalTensor& perSampleWeights,
                         bool includeLastOffset, std::int64_t paddingIndex) {
  const std::int64_t bags = offsets.size(0) - (includeLastOffset ? 1 : 0);
  const auto options =
      offsets.options().dtype(at::promote_types(indices.scalar_type(), offsets.scalar_type()));
  const bool isCuda = traceTarget().isCuda;
  const bool fast =
      !isCuda && mode == kSumMode && isFastBagSum(weight, perSampleWeights, mode, paddingIndex);
  const Sizes maxSizes = mode == kMaxMode ? Sizes{bags, weight.size(1)} : Sizes{isCuda ? 0 : bags};
  return {sized({bags, weight.size(1)}, weight), at::empty({fast ? 0 : indices.size(0)}, options),
          at::empty({isCuda ? offsets.size(0) : bags}, options), at::empty(maxSizes, options)};
}

Tensor embeddingBagBackward(const Tensor& grad, const Tensor&, const Tensor&, const Tensor&,
                            const Tensor&, const Tensor&, SymInt rows, bool, std::int64_t,
                            bool sparse, const OptionalTensor&, std::int64_t) {
  TORCH_CHECK_NOT_IMPLEMENTED(!sparse,
                              "embedding_bag: sparse gradients cannot be traced; "
                              "build the module with sparse=False");
  return sized({rows.expect_int(), grad.size(1)}, grad);
}

Tensor embeddingBagDenseBackward(const Tensor& grad, const Tensor&, const Tensor&, const Tensor&,
                                 const Tensor&, SymInt rows, bool, std::int64_t,
                                 const OptionalTensor&, std::int64_t) {
  return sized({rows.expect_int(), grad.size(1)}, grad);
}

Tensor perSampleWeightsBackward(const Tensor& grad, const Tensor&, const Tensor& indices,
                                const Tensor&, const Tensor&, std::int64_t, std::int64_t) {
  return sized({indices.size(0)}, grad);
}

Tensor foundPositions(at::IntArrayRef sizes, const Tensor& options, bool asInt32) {
  return at::empty(sizes, options.options().dtype(asInt32 ? at::kInt : at::kLong));
}

Tensor bucketize(const Tensor& self, const Tensor&, bool asInt32, bool) {
  return foundPositions(self.sizes(), self, asInt32);
}

Tensor bucketizeScalar(const at::Scalar&, const Tensor& boundaries, bool asInt32, bool) {
  return foundPositions({}, boundaries, asInt32);
}

Tensor searchSorted(const Tensor&, const Tensor& self, bool asInt32, bool,
                    std::optional<c10::string_view>, const OptionalTensor&) {
  return foundPositions(self.sizes(), self, asInt32);
}

Tensor searchSortedScalar(const Tensor& sorted, const at::Scalar&, bool asInt32, bool,
                          std::optional<c10::string_view>, const OptionalTensor&) {
  return foundPositions({}, sorted, asInt32);
}

Tensor maskedScatterBackward(const Tensor& grad, const Tensor&, SymIntArrayRef sizes) {
  return sized(integers(sizes), grad);
}

Tensor unfoldBackward(const Tensor& grad, SymIntArrayRef sizes, std::int64_t, std::int64_t,
                      std::int64_t) {
  return sized(integers(sizes), grad);
}

Tensor repeatInterleave(const Tensor& repeats, std::optional<SymInt> outputSize) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      outputSize, "repeat_interleave.Tensor: its output shape depends on data; give output_size");
  return sized({outputSize->expect_int()}, repeats);
}

Tensor nonzeroStatic(const Tensor& self, SymInt size, std::int64_t) {
  return at::empty({size.expect_int(), self.dim()}, self.options().dtype(at::kLong));
}

// How many elements of a rows x columns matrix lie on or below the given diagonal.
std::int64_t countBelowDiagonal(std::int64_t rows, std::int64_t columns, std::int64_t offset) {
  std::int64_t count = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    count += std::clamp<std::int64_t>(row + offset + 1, 0, columns);
  }
  return count;
}

Tensor indexPairs(std::int64_t count, std::optional<at::ScalarType> dtype) {
  return at::empty({2, count}, at::device(at::kMeta).dtype(dtype.value_or(at::kLong)));
}

Tensor lowerTriangleIndices(std::int64_t rows, std::int64_t columns, std::int64_t offset,
                            std::optional<at::ScalarType> dtype, std::optional<at::Layout>,
                            std::optional<at::Device>, std::optional<bool>) {
  return indexPairs(countBelowDiagonal(rows, columns, offset), dtype);
}

Tensor upperTriangleIndices(std::int64_t rows, std::int64_t columns, std::int64_t offset,
                            std::optional<at::ScalarType> dtype, std::optional<at::Layout>,
                            std::optional<at::Device>, std::optional<bool>) {
  return indexPairs(rows * columns - countBelowDiagonal(rows, columns, offset - 1), dtype);
}

// Rolls along dimensions by joining two slices, which keeps only channels_last; without dimensions
// it flattens.
Tensor roll(const Tensor& self, SymIntArrayRef, at::IntArrayRef dims) {
  return dims.empty() ? contiguousLike(self) : suggestedLike(self);
}

}  // namespace

void addIndexing(MetaLibrary& library) {
  library.add("index_select", &indexSelect);
  library.add("index_select.out", &indexSelectOut);
  library.add("take", &take);
  library.add("take.out", &takeOut);
  library.add("embedding_dense_backward", &embeddingDenseBackward);
  library.add("_embedding_bag", &embeddingBag);
  library.add("_embedding_bag_forward_only", &embeddingBag);
  library.add("_embedding_bag_backward", &embeddingBagBackward);
  library.add("_embedding_bag_dense_backward", &embeddingBagDenseBackward);
  library.add("_embedding_bag_per_sample_weights_backward", &perSampleWeightsBackward);
  library.add("bucketize.Tensor", &bucketize);
  library.add("bucketize.Scalar", &bucketizeScalar);
  library.add("searchsorted.Tensor", &searchSorted);
  library.add("searchsorted.Scalar", &searchSortedScalar);
  library.add("masked_scatter_backward", &maskedScatterBackward);
  library.add("unfold_backward", &unfoldBackward);
  library.add("repeat_interleave.Tensor", &repeatInterleave);
  library.add("nonzero_static", &nonzeroStatic);
  library.add("tril_indices", &lowerTriangleIndices);
  library.add("triu_indices", &upperTriangleIndices);
  library.addBoxed<likeArguments<0>>({"flip"});
  // LibTorch's look at the first row of the source, which an empty index does not have.
  library.addBoxed<contiguousLikeArguments<0>>({"index_add", "index_reduce"});
  library.add("roll", &roll);
}

}  // namespace core::trace::meta
