#pragma once

// Sizes that no product or sum of symbols gives: the program's own expressions for them, such as
// ((s1 - 1)//2) + 1 after a strided convolution, and fractions of sizes.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/trace/symbolic_inputs.h"

namespace core::trace {

/// An expression and its value in every trace.
struct DerivedSize {
  std::string text;
  std::vector<std::int64_t> values;
};

/// An expression found for observed values.
struct DerivedFit {
  std::string text;
  std::vector<bool> uses;  ///< by symbol
};

/// Fits against the symbols and the program's expressions of them together. PyTorch recorded these
/// in the file for every tensor of the program, so what a strided window leaves over is known there
/// and need not be guessed from a few values.
class DerivedSizes {
 public:
  /// `assignments`: the symbols' values in each trace. Expressions that are sums or products of
  /// symbols anyway, or have no value in some trace, are left out.
  DerivedSizes(const std::vector<InputSymbol>& symbols, const std::vector<std::string>& expressions,
               const std::vector<std::vector<std::int64_t>>& assignments);

  /// A number times a product of up to three symbols and expressions, or that product times a sum
  /// of an expression's multiple and a number; empty if there is none.
  std::optional<DerivedFit> integer(const std::vector<std::int64_t>& observed) const;

  /// A number times or divided by such a product, or by its root ("1.0/(256*s0)"); a size over
  /// another ("(s0//2)/s0"); a number over a size that lacks a few ("2.0/(ToFloat(s0) - 1.0)", the
  /// derivative of a variance); empty if there is none. The values agree but for rounding.
  std::optional<DerivedFit> real(const std::vector<double>& observed) const;

 private:
  DerivedFit fit(std::string text) const;
  std::string sizeText(const std::vector<std::int64_t>& observed) const;
  std::string ratioText(const std::vector<double>& observed) const;
  std::string freedomText(const std::vector<double>& observed) const;

  std::vector<std::string> m_symbols;
  std::vector<std::vector<std::int64_t>> m_assignments;
  std::vector<DerivedSize> m_bases;  ///< the symbols, then the expressions
};

}  // namespace core::trace
