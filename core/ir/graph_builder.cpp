#include "core/ir/graph_builder.h"

#include "core/base/check.h"
#include "core/ir/graph_verifier.h"

namespace core::ir {

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

NodeId GraphBuilder::appendNew(Node node) {
  m_parts.share(node.target);
  m_parts.share(node.value);
  m_parts.share(node.meta.originalOp);
  m_parts.share(node.meta.exportedOp);
  return append(std::move(node));
}

NodeId GraphBuilder::addPlaceholder(std::string name, NodeValue value, NodeMeta meta) {
  Node node;
  node.kind = NodeKind::Placeholder;
  node.target = name;
  node.name = std::move(name);
  node.value = std::move(value);
  node.meta = std::move(meta);
  return appendNew(std::move(node));
}

NodeId GraphBuilder::addCall(std::string name, SharedText target, std::vector<Argument> args,
                             std::vector<std::pair<std::string, Argument>> kwargs, NodeValue value,
                             NodeMeta meta) {
  Node node;
  node.name = std::move(name);
  node.target = std::move(target);
  node.args = std::move(args);
  node.kwargs = std::move(kwargs);
  node.value = std::move(value);
  node.meta = std::move(meta);
  return appendNew(std::move(node));
}

NodeId GraphBuilder::addAttribute(std::string name, SharedText target, NodeValue value,
                                  NodeMeta meta) {
  Node node;
  node.kind = NodeKind::Attribute;
  node.name = std::move(name);
  node.target = std::move(target);
  node.value = std::move(value);
  node.meta = std::move(meta);
  return appendNew(std::move(node));
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

  for (const Node& node : graph->m_nodes)
    if (node.kind == NodeKind::Placeholder) graph->m_placeholders.push_back(node.id);
  graph->linkUsers();
  graph->listNames();
  return graph;
}

}  // namespace core::ir
