#pragma once

// Values of symbolic sizes ("64*s0", "((s0 + 1)//2)") at the example sizes.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/load/capture/size_tree.h"

namespace core::load {

/// Symbol -> value at the example sizes.
using SymbolHints = std::map<std::string, std::int64_t, std::less<>>;

/// The expression's value, as Python would compute it on integers: + - * // % ** / (exact only),
/// parentheses, Max, Min, Mod, FloorDiv, CleanDiv, PythonMod. Empty if it has an unknown symbol or
/// function, is malformed, overflows, or divides by zero.
std::optional<std::int64_t> evaluateSize(std::string_view expression, const SymbolHints& symbols);
std::optional<std::int64_t> evaluateSize(const SizeTree& tree, const SymbolHints& symbols);

/// The value of an expression that may be a fraction, as Python would compute it on floats: the
/// same, with decimal numbers, true division (also as IntTrueDiv, FloatTrueDiv), ToFloat, roots and
/// powers (FloatPow, OpaqueUnaryFn_sqrt). Empty as above, and if the value is not finite.
std::optional<double> evaluateReal(std::string_view expression, const SymbolHints& symbols);

/// Whether a guard holds: two sizes compared with >=, <=, ==, !=, > or <, or "Eq(a, b)" and
/// "Ne(a, b)". Empty if it is no such comparison or a side has no value.
std::optional<bool> evaluateGuard(std::string_view guard, const SymbolHints& symbols);
std::optional<bool> evaluateGuard(const SizeComparison& guard, const SymbolHints& symbols);

/// Whether the text is one symbol and nothing else ("s0").
bool isPlainSymbol(std::string_view text);

}  // namespace core::load
