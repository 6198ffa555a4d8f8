#pragma once

// Where the nodes of a graph came from: the link that lets a click on a kernel light up the joint
// graph.

#include <vector>

#include "core/ir/graph.h"

namespace core::ir {

/// For each node of the newer graph, the nodes of the older graph that it came from (one for a
/// copy, the replaced node for the pieces of a decomposition, several for a merge).
struct OriginMap {
  std::vector<std::vector<NodeId>> origins;  ///< indexed by the newer graph's NodeId

  const std::vector<NodeId>& of(NodeId id) const { return origins[id.index]; }
  /// Every node of an `n`-node graph maps to itself.
  static OriginMap identity(std::size_t n);
  /// Origins through two steps: `first` from A to B, this one from B to C.
  OriginMap after(const OriginMap& first) const;
};

/// What a pass returns. An unchanged graph is the same pointer.
struct PassResult {
  GraphPtr graph;
  OriginMap origin;
};

}  // namespace core::ir
