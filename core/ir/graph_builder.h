#pragma once

// The only maker of graphs.

#include <string>
#include <utility>
#include <vector>

#include "core/ir/graph.h"

namespace core::ir {

/// Appends nodes in execution order and freezes them into a verified graph. A builder is used once.
class GraphBuilder {
 public:
  /// Placeholders come before any other node.
  NodeId addPlaceholder(std::string name, ValueMeta value, NodeMeta meta = {});
  /// `args` and `kwargs` refer to nodes added before.
  NodeId addCall(std::string name, std::string target, std::vector<Argument> args,
                 std::vector<std::pair<std::string, Argument>> kwargs, ValueMeta value,
                 NodeMeta meta = {});
  NodeId addAttribute(std::string name, std::string target, ValueMeta value, NodeMeta meta = {});
  /// A copy of `node` (of another graph) with its inputs replaced by `map(NodeId) -> NodeId`.
  template <typename Map>
  NodeId addCopy(const Node& node, Map&& map) {
    Node copy = node;
    for (Argument& argument : copy.args) argument = mapNodes(argument, map);
    for (auto& [name, argument] : copy.kwargs) argument = mapNodes(argument, map);
    return append(std::move(copy));
  }
  /// Ends the graph. `descriptors` is empty or has one text per output.
  void setOutputs(std::vector<Argument> outputs, std::vector<std::string> descriptors = {},
                  NodeMeta meta = {});

  /// Nodes so far; references are invalid after the next append.
  const Node& node(NodeId id) const { return m_nodes[id.index]; }
  std::size_t size() const { return m_nodes.size(); }
  bool hasName(const std::string& name) const;

  /// Verifies (see graph_verifier.h), links users and names; InternalError if a promise is broken.
  GraphPtr freeze() &&;

 private:
  NodeId append(Node node);

  std::vector<Node> m_nodes;
  std::vector<std::string> m_outputDescriptors;
  std::unordered_map<std::string, NodeId> m_names;
};

}  // namespace core::ir
