#pragma once

// One integer of a graph as an expression of the symbols, found from its values in several traces.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace core::trace {

/// A product of symbols times an affine sum: s0**e0 * s1**e1 * ... * (constant + c0*s0 + ...).
/// A sum of one term is folded into the product, so that "2*s0*s1" has one form.
struct FittedInteger {
  std::vector<int> exponents;              ///< one per symbol
  std::int64_t constant = 0;               ///< of the sum; the factor, if `coefficients` are all 0
  std::vector<std::int64_t> coefficients;  ///< one per symbol
  /// Not empty: the value is this expression instead; the exponents are 1 for the symbols in it.
  std::string derived{};

  /// No symbol takes part; the value is `constant`.
  bool isConstant() const;
  /// constant * product of symbols.
  bool isMonomial() const;
  bool uses(std::size_t symbol) const;
  /// As sympy prints it: "64*s0", "s0**2", "s0*s1", "s0 + 1", "s0*(s1 + 2)".
  std::string text(const std::vector<std::string>& symbols) const;
};

/// The expression that has value `observed[k]` at the symbols' values `assignments[k]`, for every
/// k; empty if there is none of this form. Assignment 0 is the base, assignment 1 + i differs from
/// it in symbol i only, and at least one further assignment checks the guess.
std::optional<FittedInteger> fitInteger(const std::vector<std::int64_t>& observed,
                                        const std::vector<std::vector<std::int64_t>>& assignments);

}  // namespace core::trace
