#include "core/passes/graph_copier.h"

namespace core::passes {

using ir::Argument;
using ir::Node;
using ir::NodeId;

void GraphCopier::copy(const Node& node) {
  if (node.kind == ir::NodeKind::Output) {
    setOutputs(node.args, m_from.outputDescriptors(), node.meta);
    return;
  }
  record(node.id, m_builder.addCopy(node, [&](NodeId id) { return m_copies[id.index]; }));
}

void GraphCopier::copyAsPlaceholder(const Node& node) {
  record(node.id, m_builder.addPlaceholder(node.name, node.value, node.meta));
}

void GraphCopier::merge(NodeId removed, NodeId kept) {
  const NodeId copy = m_copies[kept.index];
  m_copies[removed.index] = copy;
  m_origin.origins[copy.index].push_back(removed);
}

void GraphCopier::setOutputs(const std::vector<Argument>& outputs,
                             std::vector<std::string> descriptors, const ir::NodeMeta& meta) {
  std::vector<Argument> copies;
  copies.reserve(outputs.size());
  for (const Argument& output : outputs) copies.push_back(mapped(output));
  m_builder.setOutputs(std::move(copies), std::move(descriptors), meta);
  m_origin.origins.push_back({m_from.outputNode().id});
}

ir::PassResult GraphCopier::freeze() && {
  return {std::move(m_builder).freeze(), std::move(m_origin)};
}

Argument GraphCopier::mapped(const Argument& argument) const {
  return ir::mapNodes(argument, [&](NodeId id) { return m_copies[id.index]; });
}

void GraphCopier::record(NodeId old, NodeId copy) {
  m_copies[old.index] = copy;
  m_origin.origins.push_back({old});
}

}  // namespace core::passes
