#pragma once

// Symbolic scalars that are no integers ("1.0/(64*s0)"): where an integer's Size keeps its hint, a
// float's keeps the bits of its value at the example sizes.

#include <bit>
#include <cstdint>
#include <string>
#include <utility>

#include "core/ir/node.h"

namespace core::ir {

/// A float with this expression and this value at the example sizes.
inline SymMeta realScalar(std::string expression, double value) {
  return {Size(std::move(expression), std::bit_cast<std::int64_t>(value)), true};
}

/// The value of a symbolic scalar at the example sizes, of either type.
inline double numberOf(const SymMeta& sym) {
  const std::int64_t hint = sym.size.hint();
  return sym.isFloat ? std::bit_cast<double>(hint) : static_cast<double>(hint);
}

}  // namespace core::ir
