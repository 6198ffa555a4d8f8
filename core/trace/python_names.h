#pragma once

// Words that torch.fx never gives to a node.

#include <string_view>

namespace core::trace {

/// Keywords and builtins of Python, and the globals of generated fx code: "sum", "view" is not one.
bool isReservedInPython(std::string_view name);

}  // namespace core::trace
