#pragma once

// `models/<name>.json` of a .pt2 into an ExportedProgram.

#include "core/load/exported_program.h"
#include "core/load/json_value.h"

namespace core::load {

/// Reads and checks a whole program: names are defined once and before their use, every output is
/// made, the signature fits the graph. Throws ReadFailure (FormatUnsupported) with the JSON path.
ExportedProgram readProgram(const JsonValue& root);

}  // namespace core::load
