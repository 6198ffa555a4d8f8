#pragma once

// The strides of views in dimensions of length 1.

#include <cstdint>
#include <optional>
#include <vector>

namespace core::trace {

/// The strides that PyTorch's Python shape function (torch/_refs, _reshape_view_helper) gives a
/// tensor of `sizes` and `strides` viewed as `shape`, which has no -1 and as many elements. It
/// merges and splits dimensions one by one, so that a dimension of length 1 keeps the stride that
/// it had, where LibTorch gives it a contiguous one. Empty if a view is not possible.
std::optional<std::vector<std::int64_t>> pythonViewStrides(const std::vector<std::int64_t>& sizes,
                                                           const std::vector<std::int64_t>& strides,
                                                           const std::vector<std::int64_t>& shape);

}  // namespace core::trace
