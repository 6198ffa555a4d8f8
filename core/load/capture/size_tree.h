#pragma once

// A symbolic size as a tree, read from its text.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::load {

/// One term of an expression: a number, a symbol, or a call of an operator or function.
struct SizeTree {
  enum class Kind { Integer, Real, Symbol, Call };
  Kind kind = Kind::Integer;
  std::int64_t integer = 0;
  double real = 0;
  std::string name;  ///< of a symbol; of a call: "+", "*", "//", "/", "%", "**", "Max" ...
  std::vector<SizeTree> args;  ///< a difference is a sum with a product by -1
};

/// What PyTorch and sympy print: sums, products, "//", "/", "%", "**", signs, parentheses,
/// integers, decimal numbers, symbols and calls by name. Empty for any other text, and for one that
/// is nested deeper than 200 or has more than 2000 calls.
std::optional<SizeTree> parseSize(std::string_view text);

/// The text of a tree, which parseSize() reads back to one of the same value and text.
std::string sizeText(const SizeTree& tree);

/// Calls `visit` for each symbol, as often as it stands there.
void forEachSymbol(const SizeTree& tree, const std::function<void(const std::string&)>& visit);

/// "left relation right" or "Eq(left, right)", "Ne(left, right)".
struct SizeComparison {
  SizeTree left;
  std::string relation;  ///< ">=", "<=", "==", "!=", ">" or "<"
  SizeTree right;
};
std::optional<SizeComparison> parseSizeComparison(std::string_view text);

}  // namespace core::load
