#include "core/layout/flow.h"

#include <unordered_map>

namespace core::layout {
namespace {

using NodeIndex = std::unordered_map<std::string, int>;

/// "fc1.bias" of "ParamAOTInput(target='fc1.bias')"; empty if there is no target.
std::string targetOf(const std::string& descriptor) {
  const std::string mark = "target='";
  const auto begin = descriptor.find(mark);
  if (begin == std::string::npos) return {};
  const auto from = begin + mark.size();
  return descriptor.substr(from, descriptor.find('\'', from) - from);
}

struct Naming {
  FlowRole role = FlowRole::Input;
  std::string label;
};

/// What each placeholder of the joint graph stands for, by name.
std::unordered_map<std::string, Naming> namesOf(const ir::JointGraph& joint) {
  std::unordered_map<std::string, Naming> names;
  const auto& signature = joint.signature;
  const std::size_t parameters = signature.parameterOrder.size();
  const std::size_t states = parameters + signature.bufferOrder.size();
  const auto& placeholders = joint.graph->placeholders();
  for (std::size_t i = 0; i < placeholders.size(); ++i) {
    const ir::Node& node = joint.graph->node(placeholders[i]);
    Naming naming;
    if (i < parameters) {
      naming = {FlowRole::Parameter, signature.parameterOrder[i]};
    } else if (i < states) {
      naming = {FlowRole::Buffer, signature.bufferOrder[i - parameters]};
    } else if (static_cast<int>(i) < signature.numPrimals) {
      naming = {FlowRole::Input, "input " + std::to_string(i - states)};
    } else {
      naming = {FlowRole::Tangent, "tangent " + std::to_string(i - signature.numPrimals)};
    }
    if (naming.label.empty()) naming.label = targetOf(node.meta.descriptor);
    names.emplace(node.name, naming);
  }
  return names;
}

class Collector {
 public:
  explicit Collector(const LayoutRequest& request)
      : m_joint(*request.joint), m_names(namesOf(*request.joint)) {}

  Flow joint();
  Flow pair(const partition::Partition& partition);
  Flow single(const ir::Graph& graph, Picture picture);

 private:
  int add(const ir::Node& node, Lane lane, NodeIndex& index);
  void addInputs(const ir::Graph& graph, const ir::Node& node, FlowNode& flowNode,
                 const NodeIndex& index) const;
  void addOutputs(const ir::Graph& graph, std::size_t begin, std::size_t end,
                  const NodeIndex& index, Lane lane, bool gradients);
  std::size_t forwardOutputs(const ir::Graph& graph) const {
    return std::min<std::size_t>(std::max(0, m_joint.signature.numForwardOutputs),
                                 graph.outputs().size());
  }

  const ir::JointGraph& m_joint;
  std::unordered_map<std::string, Naming> m_names;
  Flow m_flow;
};

int Collector::add(const ir::Node& node, Lane lane, NodeIndex& index) {
  FlowNode flowNode;
  flowNode.node = &node;
  flowNode.lane = lane;
  if (node.kind == ir::NodeKind::Placeholder) {
    const auto named = m_names.find(node.name);
    // A placeholder that the joint graph does not have is a value of the forward.
    flowNode.role = named == m_names.end() ? FlowRole::Saved : named->second.role;
    flowNode.label = named == m_names.end() ? node.name : named->second.label;
  }
  m_flow.nodes.push_back(std::move(flowNode));
  const int at = static_cast<int>(m_flow.nodes.size()) - 1;
  index[node.name] = at;
  return at;
}

void Collector::addInputs(const ir::Graph& graph, const ir::Node& node, FlowNode& flowNode,
                          const NodeIndex& index) const {
  ir::forEachInput(node, [&](ir::NodeId id) {
    const auto found = index.find(graph.node(id).name);
    if (found == index.end()) return;
    auto& inputs = flowNode.inputs;
    if (std::find(inputs.begin(), inputs.end(), found->second) == inputs.end())
      inputs.push_back(found->second);
  });
}

void Collector::addOutputs(const ir::Graph& graph, std::size_t begin, std::size_t end,
                           const NodeIndex& index, Lane lane, bool gradients) {
  const auto& outputs = graph.outputs();
  const auto& descriptors = graph.outputDescriptors();
  const auto& primals = m_joint.graph->placeholders();
  for (std::size_t i = begin; i < end; ++i) {
    if (!outputs[i].isNode()) continue;
    const auto found = index.find(graph.node(outputs[i].node()).name);
    if (found == index.end()) continue;
    FlowOutput output;
    output.value = found->second;
    output.lane = lane;
    output.isGradient = gradients;
    if (i < descriptors.size()) output.descriptor = descriptors[i];
    const std::size_t k = i - begin;
    output.label = "output " + std::to_string(k);
    if (gradients && k < primals.size()) {
      const std::string& primal = m_joint.graph->node(primals[k]).name;
      const Naming& naming = m_names[primal];
      output.label = naming.label;
      output.ofState = naming.role == FlowRole::Parameter || naming.role == FlowRole::Buffer;
      if (const auto at = index.find(primal); at != index.end()) output.primal = at->second;
    }
    m_flow.outputs.push_back(std::move(output));
  }
}

Flow Collector::joint() {
  const ir::Graph& graph = *m_joint.graph;
  NodeIndex index;
  std::vector<const ir::Node*> backward;
  std::vector<char> fromTangents(graph.size(), 0);
  const auto isBackward = [&](const ir::Node& node) {
    const auto named = m_names.find(node.name);
    if (named != m_names.end()) return named->second.role == FlowRole::Tangent;
    bool depends = false;
    ir::forEachInput(node, [&](ir::NodeId id) { depends |= fromTangents[id.index] != 0; });
    fromTangents[node.id.index] = depends;
    return depends || node.meta.tag == ir::PartitionerTag::IsBackward ||
           node.meta.tag == ir::PartitionerTag::MustBeInBackward;
  };
  for (const ir::Node& node : graph.nodes()) {
    if (node.kind == ir::NodeKind::Output) continue;
    if (isBackward(node)) {
      fromTangents[node.id.index] = 1;
      backward.push_back(&node);
    } else {
      const int at = add(node, Lane::Forward, index);
      addInputs(graph, node, m_flow.nodes[at], index);
    }
  }
  for (const ir::Node* node : backward) {
    const int at = add(*node, Lane::Backward, index);
    addInputs(graph, *node, m_flow.nodes[at], index);
  }
  const std::size_t split = forwardOutputs(graph);
  addOutputs(graph, 0, split, index, Lane::Forward, false);
  addOutputs(graph, split, graph.outputs().size(), index, Lane::Backward, true);
  return std::move(m_flow);
}

Flow Collector::pair(const partition::Partition& partition) {
  NodeIndex forward, all;
  for (const ir::Node& node : partition.forward->nodes()) {
    if (node.kind == ir::NodeKind::Output) continue;
    const int at = add(node, Lane::Forward, forward);
    addInputs(*partition.forward, node, m_flow.nodes[at], forward);
  }
  all = forward;
  for (const ir::Node& node : partition.backward->nodes()) {
    if (node.kind == ir::NodeKind::Output) continue;
    const auto original = forward.find(node.name);
    // A placeholder that the forward makes too is a saved tensor: readers read the original.
    if (node.kind == ir::NodeKind::Placeholder && original != forward.end()) continue;
    const bool recomputed = original != forward.end();
    const int at = add(node, recomputed ? Lane::Recomputed : Lane::Backward, all);
    addInputs(*partition.backward, node, m_flow.nodes[at], all);
    if (recomputed) m_flow.nodes[at].twin = original->second;
  }
  addOutputs(*partition.forward, 0, forwardOutputs(*partition.forward), forward, Lane::Forward,
             false);
  addOutputs(*partition.backward, 0, partition.backward->outputs().size(), all, Lane::Backward,
             true);
  m_flow.partitioned = true;
  return std::move(m_flow);
}

Flow Collector::single(const ir::Graph& graph, Picture picture) {
  NodeIndex index;
  for (const ir::Node& node : graph.nodes()) {
    if (node.kind == ir::NodeKind::Output) continue;
    const int at = add(node, Lane::Forward, index);
    addInputs(graph, node, m_flow.nodes[at], index);
  }
  m_flow.single = true;
  const std::size_t count = graph.outputs().size();
  if (picture == Picture::Backward) {
    addOutputs(graph, 0, count, index, Lane::Forward, true);
    return std::move(m_flow);
  }
  const std::size_t split = forwardOutputs(graph);
  addOutputs(graph, 0, split, index, Lane::Forward, false);
  for (std::size_t i = split; i < count; ++i) {
    if (graph.outputs()[i].isNode())
      m_flow.savedAlone.push_back(index.at(graph.node(graph.outputs()[i].node()).name));
  }
  return std::move(m_flow);
}

}  // namespace

Result<Flow> collectFlow(const LayoutRequest& request) {
  if (!request.joint || !request.joint->graph) {
    return Error{ErrorCode::InvalidArgument,
                 "Cannot lay out a graph: there is no joint graph. Trace the model first.",
                 {},
                 {}};
  }
  Collector collector(request);
  const Picture picture = request.options.picture;
  const bool paired =
      request.partition && request.partition->forward && request.partition->backward;
  if (picture == Picture::Mirrored)
    return paired ? collector.pair(*request.partition) : collector.joint();
  if (!paired) {
    return Error{ErrorCode::InvalidArgument,
                 "Cannot lay out one half of the graph: it is not partitioned yet.",
                 {},
                 {}};
  }
  return collector.single(
      picture == Picture::Forward ? *request.partition->forward : *request.partition->backward,
      picture);
}

}  // namespace core::layout
