#pragma once

// Which nodes of the joint graph a slice of a profile computes.

#include <unordered_map>
#include <vector>

#include "core/ir/graph.h"
#include "core/run/profile.h"

namespace views::models {

class SliceNodes {
 public:
  /// `graph` outlives it.
  explicit SliceNodes(const core::ir::Graph& graph);

  /// A backward operator of eager stands for all backward nodes of its sequence number.
  std::vector<core::ir::NodeId> of(const core::run::ProfileSlice& slice) const;

 private:
  const core::ir::Graph& m_graph;
  std::unordered_map<std::int64_t, std::vector<core::ir::NodeId>> m_backward;  ///< by sequence
};

}  // namespace views::models
