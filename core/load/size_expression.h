#pragma once

// Symbolic sizes: sympy's srepr, as exported programs write it, to the text that ir::Size carries.

#include <optional>
#include <string>
#include <string_view>

namespace core::load {

/// "Mul(Integer(32), Symbol('s75', positive=True, integer=True))" -> "32*s75". Sums, products,
/// powers ("s75**2"), "//", "%"; other functions keep their name. Empty for a text that is not an
/// srepr, or is nested deeper than 64.
std::optional<std::string> sizeExpressionFromSrepr(std::string_view srepr);

}  // namespace core::load
