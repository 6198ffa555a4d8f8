#include "core/ir/graph_builder.h"

#include "core/base/check.h"
#include "core/ir/graph_verifier.h"

namespace core::ir {

NodeId GraphBuilder::append(Node node) {
  node.id = NodeId{static_cast<std::uint32_t>(m_nodes.size())};
  m_nodes.push_back(std::move(node));
  return m_nodes.back().id;
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

  graph->m_users.resize(graph->m_nodes.size());
  graph->m_byName.reserve(graph->m_nodes.size());
  for (const Node& node : graph->m_nodes) {
    if (node.kind == NodeKind::Placeholder) graph->m_placeholders.push_back(node.id);
    const bool isNew = graph->m_byName.emplace(node.name, node.id).second;
    CORE_CHECK(isNew, "two nodes are named '" + node.name + "'");
    forEachInput(node, [&](NodeId input) {
      auto& users = graph->m_users[input.index];
      if (users.empty() || users.back() != node.id) users.push_back(node.id);
    });
  }
  return graph;
}

}  // namespace core::ir
