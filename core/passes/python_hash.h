#pragma once

// The hashes of Python's numbers. Common-subexpression elimination of PyTorch looks calls up by
// them, and they collide, which shows in its result.

#include <cstdint>

namespace core::passes {

/// hash(int): the value modulo 2^61 - 1 with its sign; -1 becomes -2.
std::int64_t pythonHash(std::int64_t number);

/// hash(float): equal to the integer's for integral values; `number` is not NaN.
std::int64_t pythonHash(double number);

}  // namespace core::passes
