#include "core/ir/attribute_inputs.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/ir/graph_builder.h"

namespace core::ir {
namespace {

bool isTensorAttribute(const Node& node) {
  return node.kind == NodeKind::Attribute && node.tensor();
}

}  // namespace

PassResult attributesToInputs(const GraphPtr& graph) {
  const auto& nodes = graph->nodes();
  if (std::none_of(nodes.begin(), nodes.end(), isTensorAttribute))
    return {graph, OriginMap::identity(graph->size())};

  GraphBuilder builder;
  OriginMap origin;
  std::vector<NodeId> copies(graph->size());
  const auto record = [&](const Node& node, NodeId copy) {
    copies[node.id.index] = copy;
    origin.origins.push_back({node.id});
  };
  const auto copied = [&](NodeId id) { return copies[id.index]; };
  for (const Node& node : nodes)
    if (node.kind == NodeKind::Placeholder) record(node, builder.addCopy(node, copied));
  for (const Node& node : nodes)
    if (isTensorAttribute(node))
      record(node, builder.addPlaceholder(node.name, node.value, node.meta));
  for (const Node& node : nodes) {
    const bool isOther = node.isCall() || node.kind == NodeKind::Attribute;
    if (isOther && !isTensorAttribute(node)) record(node, builder.addCopy(node, copied));
  }
  std::vector<Argument> outputs;
  for (const Argument& output : graph->outputs()) outputs.push_back(mapNodes(output, copied));
  builder.setOutputs(std::move(outputs), graph->outputDescriptors(), graph->outputNode().meta);
  origin.origins.push_back({graph->outputNode().id});
  return {std::move(builder).freeze(), std::move(origin)};
}

std::map<std::string, std::size_t> inputsOfAttributes(const JointGraph& joint) {
  std::map<std::string, std::size_t> inputs;
  const auto& bindings = joint.signature.inputBindings;
  for (const Node& node : joint.graph->nodes()) {
    if (!isTensorAttribute(node)) continue;
    const auto found =
        std::find_if(bindings.begin(), bindings.end(),
                     [&](const InputBinding& binding) { return binding.attribute == node.target; });
    if (found != bindings.end())
      inputs[node.name] = static_cast<std::size_t>(found - bindings.begin());
  }
  return inputs;
}

}  // namespace core::ir
