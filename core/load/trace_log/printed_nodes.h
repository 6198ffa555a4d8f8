#pragma once

// Completes the nodes of a printed graph with what its text says indirectly, and builds the graph.

#include <string>
#include <vector>

#include "core/ir/graph.h"

namespace core::load {

/// Nodes in order, placeholders first; arguments refer to nodes by position.
struct PrintedNodes {
  std::vector<ir::Node> nodes;
  std::vector<ir::Argument> outputs;
  std::vector<std::string> descriptors;  ///< one per output, or none
};

/// The graph. Tuples get the types of the results that are used, and nodes of a graph with tangents
/// their phase. Throws ReadFailure if the nodes do not make a graph.
ir::GraphPtr buildPrinted(PrintedNodes printed);

}  // namespace core::load
