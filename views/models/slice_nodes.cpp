#include "views/models/slice_nodes.h"

namespace views::models {

using core::ir::Node;
using core::ir::NodeId;

SliceNodes::SliceNodes(const core::ir::Graph& graph) : m_graph(graph) {
  for (const Node& node : graph.nodes()) {
    if (node.isCall() && node.meta.sequenceNumber &&
        node.meta.tag == core::ir::PartitionerTag::IsBackward)
      m_backward[*node.meta.sequenceNumber].push_back(node.id);
  }
}

std::vector<NodeId> SliceNodes::of(const core::run::ProfileSlice& slice) const {
  if (slice.members.empty() && slice.inBackward && slice.sequence >= 0) {
    const auto found = m_backward.find(slice.sequence);
    return found == m_backward.end() ? std::vector<NodeId>() : found->second;
  }
  std::vector<NodeId> nodes;
  const auto add = [&](const std::string& name) {
    if (const auto id = m_graph.find(name)) nodes.push_back(*id);
  };
  for (const std::string& member : slice.members) add(member);
  if (slice.members.empty()) add(slice.node);
  return nodes;
}

}  // namespace views::models
