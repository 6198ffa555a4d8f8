#pragma once

// The graph: nodes in execution order with their users. Immutable: made only by
// GraphBuilder::freeze().

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
  std::span<const NodeId> users(NodeId id) const {
    const NodeId* begin = m_users.data();
    return {begin + m_usersStart[id.index], begin + m_usersStart[id.index + 1]};
  }

  /// The node of that name, if there is one.
  std::optional<NodeId> find(std::string_view name) const;

 private:
  friend class GraphBuilder;
  Graph() = default;

  /// A place of the table of names: part of the name's hash, and the node's index + 1 or 0.
  struct NameSlot {
    std::uint32_t tag = 0;
    std::uint32_t place = 0;
  };

  void linkUsers();
  void listNames();
  /// The slot of that name, or the free one where it would be.
  std::size_t slotOf(std::string_view name, std::size_t hash) const;

  std::vector<Node> m_nodes;
  std::vector<NodeId> m_placeholders;
  std::vector<std::string> m_outputDescriptors;
  std::vector<std::uint32_t> m_usersStart;  ///< where the users of a node begin in `m_users`
  std::vector<NodeId> m_users;
  std::vector<NameSlot> m_names;  ///< open addressing; a power of two, at most half full
};

using GraphPtr = std::shared_ptr<const Graph>;

}  // namespace core::ir
