#include "core/ir/graph_builder.h"

#include "core/base/check.h"
#include "core/ir/graph_verifier.h"

namespace core::ir {
namespace {

/// The users of each node, once each. Counted first, so that every list is allocated once.
std::vector<std::vector<NodeId>> usersOf(const std::vector<Node>& nodes) {
  struct Use {
    NodeId input, user;
  };
  std::vector<Use> uses;
  uses.reserve(2 * nodes.size());
  std::vector<NodeId> lastUser(nodes.size());  // node 0 reads nothing
  std::vector<std::uint32_t> counts(nodes.size(), 0);
  for (const Node& node : nodes) {
    forEachInput(node, [&](NodeId input) {
      if (std::exchange(lastUser[input.index], node.id) == node.id) return;
      ++counts[input.index];
      uses.push_back({input, node.id});
    });
  }
  std::vector<std::vector<NodeId>> users(nodes.size());
  for (std::size_t i = 0; i < users.size(); ++i) users[i].reserve(counts[i]);
  for (const Use& use : uses) users[use.input.index].push_back(use.user);
  return users;
}

}  // namespace

NodeId GraphBuilder::append(Node node) {
  node.id = NodeId{static_cast<std::uint32_t>(m_nodes.size())};
  m_nodes.push_back(std::move(node));
  return m_nodes.back().id;
}

NodeId GraphBuilder::appendCopy(const Node& node, std::vector<Argument> args,
                                std::vector<std::pair<std::string, Argument>> kwargs) {
  const NodeId id{static_cast<std::uint32_t>(m_nodes.size())};
  Node& copy = m_nodes.emplace_back();
  copy.id = id;
  copy.kind = node.kind;
  copy.name = node.name;
  copy.target = node.target;
  copy.args = std::move(args);
  copy.kwargs = std::move(kwargs);
  copy.value = node.value;
  copy.meta = node.meta;
  return id;
}

NodeId GraphBuilder::addPlaceholder(std::string name, ValueMeta value, NodeMeta meta) {
  Node node;
  node.kind = NodeKind::Placeholder;
  node.target = name;
  node.name = std::move(name);
  node.value = std::move(value);
  node.meta = std::move(meta);
  return append(std::move(node));
}

NodeId GraphBuilder::addCall(std::string name, std::string target, std::vector<Argument> args,
                             std::vector<std::pair<std::string, Argument>> kwargs, ValueMeta value,
                             NodeMeta meta) {
  Node node;
  node.name = std::move(name);
  node.target = std::move(target);
  node.args = std::move(args);
  node.kwargs = std::move(kwargs);
  node.value = std::move(value);
  node.meta = std::move(meta);
  return append(std::move(node));
}

NodeId GraphBuilder::addAttribute(std::string name, std::string target, ValueMeta value,
                                  NodeMeta meta) {
  Node node;
  node.kind = NodeKind::Attribute;
  node.name = std::move(name);
  node.target = std::move(target);
  node.value = std::move(value);
  node.meta = std::move(meta);
  return append(std::move(node));
}

void GraphBuilder::setOutputs(std::vector<Argument> outputs, std::vector<std::string> descriptors,
                              NodeMeta meta) {
  Node node;
  node.kind = NodeKind::Output;
  node.name = "output";
  node.target = "output";
  node.args = std::move(outputs);
  node.meta = std::move(meta);
  m_outputDescriptors = std::move(descriptors);
  append(std::move(node));
}

bool GraphBuilder::hasName(const std::string& name) const {
  for (; m_named < m_nodes.size(); ++m_named) m_names.insert(m_nodes[m_named].name);
  return m_names.contains(name);
}

GraphPtr GraphBuilder::freeze() && {
  auto graph = std::shared_ptr<Graph>(new Graph);
  graph->m_nodes = std::move(m_nodes);
  graph->m_outputDescriptors = std::move(m_outputDescriptors);
  verifyNodes(graph->m_nodes, graph->m_outputDescriptors);

  graph->m_users = usersOf(graph->m_nodes);
  graph->m_byName.reserve(graph->m_nodes.size());
  for (const Node& node : graph->m_nodes) {
    if (node.kind == NodeKind::Placeholder) graph->m_placeholders.push_back(node.id);
    const bool isNew = graph->m_byName.emplace(node.name, node.id).second;
    CORE_CHECK(isNew, "two nodes are named '" + node.name + "'");
  }
  return graph;
}

}  // namespace core::ir
