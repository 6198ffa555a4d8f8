#include "core/partition/clean_graph.h"

#include <algorithm>

#include "core/ir/graph_builder.h"
#include "core/passes/common_subexpressions.h"
#include "core/passes/dead_code.h"

namespace core::partition {

using ir::NodeId;

CleanGraph asItIs(const ir::JointGraph& joint) {
  CleanGraph clean{joint, {}};
  for (const ir::Node& node : joint.graph->nodes()) clean.standIn.emplace_back(node.id);
  return clean;
}

namespace {

/// The graph with each node replaced by the one that stands for it.
CleanGraph merged(const ir::JointGraph& joint, const std::vector<NodeId>& kept) {
  const ir::Graph& graph = *joint.graph;
  CleanGraph clean{joint, std::vector<std::optional<NodeId>>(graph.size())};
  ir::GraphBuilder builder;
  builder.reserve(graph.size());
  const auto copyOf = [&](NodeId id) { return *clean.standIn[id.index]; };
  for (const ir::Node& node : graph.nodes()) {
    auto& standIn = clean.standIn[node.id.index];
    if (kept[node.id.index] != node.id)
      standIn = clean.standIn[kept[node.id.index].index];
    else if (node.kind == ir::NodeKind::Output) {
      std::vector<ir::Argument> outputs;
      for (const ir::Argument& output : node.args) outputs.push_back(ir::mapNodes(output, copyOf));
      standIn = NodeId{static_cast<std::uint32_t>(builder.size())};
      builder.setOutputs(std::move(outputs), graph.outputDescriptors(), node.meta);
    } else {
      standIn = builder.addCopy(node, copyOf);
    }
  }
  clean.joint.graph = std::move(builder).freeze();
  return clean;
}

bool mergesNone(const std::vector<NodeId>& kept) {
  for (std::uint32_t i = 0; i < kept.size(); ++i)
    if (kept[i] != NodeId{i}) return false;
  return true;
}

}  // namespace

CleanGraph cleanUp(const ir::JointGraph& joint) {
  const std::vector<bool> live = passes::liveNodes(*joint.graph);
  const bool allLive = std::find(live.begin(), live.end(), false) == live.end();
  const ir::PassResult pass =
      allLive ? ir::PassResult{joint.graph, {}} : passes::eliminateDeadCode(joint.graph);
  ir::JointGraph alive = joint;
  alive.graph = pass.graph;
  const std::vector<NodeId> kept =
      passes::representatives(*alive.graph, joint.signature.primalStorage);
  CleanGraph clean = mergesNone(kept) ? asItIs(alive) : merged(alive, kept);
  if (allLive) return clean;
  std::vector<std::optional<NodeId>> standIn(joint.graph->size());
  for (std::size_t i = 0; i < clean.standIn.size(); ++i)
    for (NodeId old : pass.origin.origins[i]) standIn[old.index] = clean.standIn[i];
  clean.standIn = std::move(standIn);
  return clean;
}

Result<NodeId> findPinned(const ir::Graph& original, const CleanGraph& clean,
                          const std::string& name) {
  const auto id = original.find(name);
  if (!id || original.node(*id).kind == ir::NodeKind::Output)
    return Error{ErrorCode::InvalidArgument,
                 "There is no node '" + name +
                     "' in the joint graph to pin. Names are as in the graph: 'relu_1'.",
                 {},
                 name};
  if (const auto& standIn = clean.standIn[id->index]) return *standIn;
  return Error{ErrorCode::PartitionInfeasible,
               "'" + name + "' is pinned, but nothing reads it. Remove the pin.",
               {},
               name};
}

}  // namespace core::partition
