#pragma once

// The comments in front of the nodes of a printed graph.

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/ir/node.h"

namespace core::load {

/// Source line, module and recompute tag of "# nn_module: fc1 (Linear) # recompute: MUST_SAVE File:
/// net.py:9 in forward, code: y = f(x)"; what is not there stays empty.
ir::NodeMeta readOrigin(std::string_view comment);

/// The number of the checkpointed region: 3 of "# ac_graph_id: 3 - PREFER_RECOMPUTE File: ...".
std::optional<std::int64_t> readRegion(std::string_view comment);

}  // namespace core::load
