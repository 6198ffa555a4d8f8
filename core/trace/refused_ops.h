#pragma once

// The operators that no trace can hold, and the sentence to show for each.

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace core::trace {

/// Why an operator is refused: a code and a sentence without the operator's name.
struct RefusedOp {
  std::string_view name;  ///< without "aten::"; with the overload only where others are fine
  ErrorCode code;         ///< DataDependentShape or UnsupportedOp
  std::string_view why;   ///< "its output shape depends on data"
};

/// The table's entry for an operator, or null if it may be tried. `op` is "aten::nonzero",
/// "aten.nonzero.default", "repeat_interleave.Tensor" or the like.
const RefusedOp* refusedOp(std::string_view op);

/// Whether the operator's result shapes, or the path of the program, depend on values.
bool isDataDependent(std::string_view op);

/// "Cannot trace `aten.nonzero.default`: its output shape depends on data. …"
Error refusalError(std::string_view op, const RefusedOp& refused);

}  // namespace core::trace
