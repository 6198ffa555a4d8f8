#pragma once

// Single elements of raw tensors as numbers.

#include <cstddef>
#include <variant>

#include "core/ir/tensor_meta.h"

namespace core::load {

/// Whole numbers stay exact; anything else is a double.
using ElementValue = std::variant<std::int64_t, double>;

/// Whether elements of this dtype can be read and written here: all but complex ones and those of 8
/// bits with a fraction.
bool hasElementValues(ir::DType dtype);
/// The element at `at`. `dtype` must have values.
ElementValue loadElement(ir::DType dtype, const std::byte* at);
/// Writes the number: rounded to the nearest for fractions, cut off and wrapped for integers, as
/// tensor.to(dtype) does; Bool is whether it differs from 0.
void storeElement(ir::DType dtype, std::byte* at, ElementValue value);

}  // namespace core::load
