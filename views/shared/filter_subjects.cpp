#include "views/shared/filter_subjects.h"

#include <algorithm>
#include <unordered_set>

namespace views::shared {
namespace {

using core::ir::JointGraph;
using core::ir::Node;
using core::ir::NodeId;
using core::ir::NodeKind;
using Names = std::unordered_set<std::string>;

Names callsOf(const core::ir::GraphPtr& graph) {
  Names names;
  if (graph)
    for (const Node& node : graph->nodes())
      if (node.isCall()) names.insert(node.name);
  return names;
}

const char* placeholderPart(const JointGraph& joint, std::size_t position) {
  const auto& signature = joint.signature;
  const std::size_t parameters = signature.parameterOrder.size();
  if (position < parameters) return "param";
  if (position < parameters + signature.bufferOrder.size()) return "buffer";
  return position < static_cast<std::size_t>(signature.numPrimals) ? "input" : "tangent";
}

std::vector<char> dependsOnTangents(const JointGraph& joint) {
  std::vector<char> depends(joint.graph->size(), 0);
  for (const Node& node : joint.graph->nodes()) {
    const bool isTangent =
        node.kind == NodeKind::Placeholder &&
        node.id.index >= static_cast<std::uint32_t>(std::max(0, joint.signature.numPrimals));
    bool found = isTangent || node.meta.tag == core::ir::PartitionerTag::IsBackward ||
                 node.meta.tag == core::ir::PartitionerTag::MustBeInBackward;
    core::ir::forEachInput(node, [&](NodeId input) { found |= depends[input.index] != 0; });
    depends[node.id.index] = found;
  }
  return depends;
}

}  // namespace

FilterSubjects::FilterSubjects(std::shared_ptr<const JointGraph> joint,
                               std::shared_ptr<const core::partition::Partition> partition,
                               std::shared_ptr<const NodeFactsByName> facts)
    : m_joint(std::move(joint)), m_facts(std::move(facts)) {
  if (!m_joint || !m_joint->graph) return;
  Names forward, backward, saved, recomputed, outputs;
  if (partition) {
    forward = callsOf(partition->forward);
    backward = callsOf(partition->backward);
    for (const auto& tensor : partition->savedTensors) saved.insert(tensor.name);
    recomputed.insert(partition->recomputed.begin(), partition->recomputed.end());
  }
  for (const auto& output : m_joint->graph->outputs())
    if (output.isNode()) outputs.insert(m_joint->graph->node(output.node()).name);
  const std::vector<char> fromTangents = dependsOnTangents(*m_joint);
  for (const Node& node : m_joint->graph->nodes()) {
    if (node.kind == NodeKind::Output) continue;
    FilterSubject subject{m_joint->graph.get(), &node, {}, false, false, nullptr};
    if (m_facts) {
      const auto found = m_facts->find(node.name);
      if (found != m_facts->end()) subject.facts = &found->second;
    }
    m_sums.bytes += static_cast<double>(node.bytes());
    if (subject.facts) {
      m_sums.seconds += std::max(subject.facts->seconds, 0.0);
      m_sums.flops += std::max(subject.facts->flops, 0.0);
    }
    subject.isSaved = saved.count(node.name) != 0;
    subject.isRecomputed = recomputed.count(node.name) != 0;
    if (node.kind == NodeKind::Placeholder) {
      subject.parts.emplace_back(placeholderPart(*m_joint, node.id.index));
    } else {
      const bool inForward =
          partition ? forward.count(node.name) != 0 : fromTangents[node.id.index] == 0;
      const bool inBackward =
          partition ? backward.count(node.name) != 0 : fromTangents[node.id.index] != 0;
      if (inForward) subject.parts.emplace_back("fwd");
      if (inBackward) subject.parts.emplace_back("bwd");
    }
    if (subject.isRecomputed) subject.parts.emplace_back("rec");
    if (outputs.count(node.name)) subject.parts.emplace_back("output");
    m_subjects.push_back(std::move(subject));
  }
}

std::vector<std::string> FilterSubjects::matching(const Filter& filter) const {
  std::vector<std::string> names;
  FilterScope scope = m_sums;
  for (const FilterSubject& subject : m_subjects)
    if (filter.matches(subject, scope)) names.push_back(subject.node->name);
  return names;
}

}  // namespace views::shared
