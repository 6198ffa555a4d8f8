#pragma once

// Sizes, strides and dtypes of results that a rewrite makes.

#include <optional>
#include <vector>

#include "core/ir/tensor_meta.h"

namespace core::passes {

/// The broadcast shape of `operands`; strides as in the first operand of that shape if it is dense,
/// else row-major. At least one operand; shapes must be compatible.
ir::TensorMeta broadcastMeta(const std::vector<const ir::TensorMeta*>& operands, ir::DType dtype);

/// Row-major meta without the dimensions in `isReduced`, or with size 1 there.
ir::TensorMeta reducedMeta(const ir::TensorMeta& operand, const std::vector<bool>& isReduced,
                           bool keepsDims);

/// The strides of a view with other sizes (as many elements), as PyTorch computes them; empty if
/// there is no such view.
std::optional<std::vector<std::int64_t>> viewStrides(const ir::TensorMeta& meta,
                                                     const std::vector<std::int64_t>& sizes);

}  // namespace core::passes
