#pragma once

// The strides of pointwise results.

#include <cstdint>
#include <vector>

namespace core::trace {

/// A tensor's sizes, or its strides in elements.
using Extents = std::vector<std::int64_t>;

/// The strides of a tensor of `sizes` and `strides` expanded to `shape`, to which it broadcasts:
/// 0 where it is repeated.
Extents expandedStrides(const Extents& sizes, const Extents& strides, const Extents& shape);

/// The strides that PyTorch's Python shape functions give the dense result of a pointwise operator
/// on operands of the result's `sizes`, which have these strides (torch/_prims_common,
/// compute_elementwise_output_logical_to_physical_perm). Without operands: contiguous.
Extents elementwiseStrides(const Extents& sizes, const std::vector<Extents>& operands);

}  // namespace core::trace
