#pragma once

// The only maker of graphs.

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/ir/graph.h"
#include "core/ir/shared_parts.h"

namespace core::ir {

/// Appends nodes in execution order and freezes them into a verified graph. A builder is used once.
class GraphBuilder {
 public:
  /// Placeholders come before any other node.
  NodeId addPlaceholder(std::string name, NodeValue value, NodeMeta meta = {});
  /// `args` and `kwargs` refer to nodes added before.
  NodeId addCall(std::string name, SharedText target, std::vector<Argument> args,
                 std::vector<std::pair<std::string, Argument>> kwargs, NodeValue value,
                 NodeMeta meta = {});
  NodeId addAttribute(std::string name, SharedText target, NodeValue value, NodeMeta meta = {});
  /// A copy of `node` (of another graph) with its inputs replaced by `map(NodeId) -> NodeId`.
  template <typename Map>
  NodeId addCopy(const Node& node, Map&& map) {
    std::vector<Argument> args;
    args.reserve(node.args.size());
    for (const Argument& argument : node.args) args.push_back(mapNodes(argument, map));
    std::vector<std::pair<std::string, Argument>> kwargs;
    kwargs.reserve(node.kwargs.size());
    for (const auto& [name, argument] : node.kwargs)
      kwargs.emplace_back(name, mapNodes(argument, map));
    return appendCopy(node, std::move(args), std::move(kwargs));
  }
  /// Ends the graph. `descriptors` is empty or has one text per output.
  void setOutputs(std::vector<Argument> outputs, std::vector<std::string> descriptors = {},
                  NodeMeta meta = {});

  /// Nodes so far; references are invalid after the next append.
  const Node& node(NodeId id) const { return m_nodes[id.index]; }
  std::size_t size() const { return m_nodes.size(); }
  bool hasName(const std::string& name) const;
  /// Makes room for `nodes` in all.
  void reserve(std::size_t nodes) { m_nodes.reserve(nodes); }

  /// Verifies (see graph_verifier.h), links users and names; InternalError if a promise is broken.
  GraphPtr freeze() &&;

 private:
  NodeId append(Node node);
  /// A copy of `node` with other inputs, made in its place: nodes are large, and moving one costs.
  NodeId appendCopy(const Node& node, std::vector<Argument> args,
                    std::vector<std::pair<std::string, Argument>> kwargs);
  /// Appends a node whose parts may be equal to those of others.
  NodeId appendNew(Node node);

  std::vector<Node> m_nodes;
  std::vector<std::string> m_outputDescriptors;
  SharedParts m_parts;
  /// Names of the first `m_named` nodes; hasName() brings it up to date. Most builders never ask.
  mutable std::unordered_set<std::string> m_names;
  mutable std::size_t m_named = 0;
};

}  // namespace core::ir
