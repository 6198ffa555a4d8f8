#pragma once

// A graph with symbols at other values of the symbols: the same entry serves another batch size
// without a new trace.

#include "core/base/result.h"
#include "core/ir/joint_graph.h"
#include "core/run/guards/entry_guards.h"

namespace core::run {

/// The graph with every symbolic size's value at `symbols`; expressions stay. Errors: Internal for
/// an expression that has no value there.
Result<ir::GraphPtr> graphAtSizes(const ir::Graph& graph, const SymbolValues& symbols);

/// The same for the graph and for what the metadata says of outputs and tangents.
Result<ir::JointGraph> jointAtSizes(const ir::JointGraph& joint, const SymbolValues& symbols);

}  // namespace core::run
