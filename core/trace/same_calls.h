#pragma once

// Whether nodes of two traces are one call but for sizes.

#include "core/ir/node.h"

namespace core::trace {

/// Everything but the integers and fractions among the arguments, and the value.
bool isSameCall(const ir::Node& mine, const ir::Node& other);

}  // namespace core::trace
