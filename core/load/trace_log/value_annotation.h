#pragma once

// The types in a printed graph: "f32[s77, 8][8, 1]cpu", "Sym(s77)".

#include <string_view>

#include "core/ir/node.h"
#include "core/load/capture/size_expression.h"
#include "core/load/trace_log/python_scanner.h"

namespace core::load {

/// What the annotation says of a value. Without strides it is row-major, without a device on the
/// CPU. Throws ReadFailure at the place of `where`.
ir::ValueMeta readAnnotation(std::string_view text, const SymbolHints& symbols,
                             const PythonScanner& where);

}  // namespace core::load
