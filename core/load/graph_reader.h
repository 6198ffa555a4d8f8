#pragma once

// A graph of the schema, with the bodies of its higher-order operators.

#include "core/load/exported_program.h"
#include "core/load/json_value.h"
#include "core/load/provenance.h"

namespace core::load {

/// Reads `graph`. Names are defined once and before their use. Throws ReadFailure.
ExportGraph readGraph(const JsonValue& graph, Provenance& provenance);
/// One member of the argument union. Kinds that we do not read become UnsupportedArgument.
ExportArgument readArgument(const JsonValue& value, Provenance& provenance);

}  // namespace core::load
