#pragma once

// Completes the nodes of a printed graph with what its text says indirectly, and builds the graph.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ir/graph.h"

namespace core::load {

/// Nodes in order, placeholders first; arguments refer to nodes by position.
struct PrintedNodes {
  std::vector<ir::Node> nodes;
  std::vector<ir::Argument> outputs;
  std::vector<std::string> descriptors;  ///< one per output, or none
  /// The checkpointed region of each node that has one; shorter than `nodes` if the last have none.
  std::vector<std::optional<std::int64_t>> regions;
};

/// The graph. Tuples get the types of the results that are used, and nodes of a graph with tangents
/// their phase; what one checkpointed region hands to the next is saved. Throws ReadFailure if the
/// nodes do not make a graph.
ir::GraphPtr buildPrinted(PrintedNodes printed);

}  // namespace core::load
