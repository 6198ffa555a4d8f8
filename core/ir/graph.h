#pragma once

// The graph: nodes in execution order with their users. Immutable: made only by
// GraphBuilder::freeze().

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/ir/node.h"

namespace core::ir {

/// An immutable, verified graph: placeholders first, then calls and attributes in execution order,
/// the output node last.
class Graph {
 public:
  const std::vector<Node>& nodes() const { return m_nodes; }
  const Node& node(NodeId id) const { return m_nodes[id.index]; }
  std::size_t size() const { return m_nodes.size(); }

  const std::vector<NodeId>& placeholders() const { return m_placeholders; }
  const Node& outputNode() const { return m_nodes.back(); }
  /// The returned values in order; None for an output that has no value.
  const std::vector<Argument>& outputs() const { return m_nodes.back().args; }
  /// What each output stands for ("GradAOTOutput(...)"); empty or as long as outputs().
  const std::vector<std::string>& outputDescriptors() const { return m_outputDescriptors; }

  /// Users of a node, once each, in graph order; the output node is a user like any other.
  const std::vector<NodeId>& users(NodeId id) const { return m_users[id.index]; }

  /// The node of that name, if there is one.
  std::optional<NodeId> find(std::string_view name) const;

 private:
  friend class GraphBuilder;
  Graph() = default;

  std::vector<Node> m_nodes;
  std::vector<NodeId> m_placeholders;
  std::vector<std::string> m_outputDescriptors;
  std::vector<std::vector<NodeId>> m_users;
  std::unordered_map<std::string_view, NodeId> m_byName;
};

using GraphPtr = std::shared_ptr<const Graph>;

}  // namespace core::ir
