#include "core/partition/clean_graph.h"

#include "core/passes/common_subexpressions.h"
#include "core/passes/dead_code.h"

namespace core::partition {

using ir::NodeId;

CleanGraph asItIs(const ir::JointGraph& joint) {
  CleanGraph clean{joint, {}};
  for (const ir::Node& node : joint.graph->nodes()) clean.standIn.emplace_back(node.id);
  return clean;
}

CleanGraph cleanUp(const ir::JointGraph& joint) {
  const ir::PassResult live = passes::eliminateDeadCode(joint.graph);
  const ir::PassResult merged =
      passes::eliminateCommonSubexpressions(live.graph, joint.signature.primalStorage);
  CleanGraph clean{joint, std::vector<std::optional<NodeId>>(joint.graph->size())};
  clean.joint.graph = merged.graph;
  const ir::OriginMap origin = merged.origin.after(live.origin);
  for (std::uint32_t i = 0; i < origin.origins.size(); ++i)
    for (NodeId old : origin.origins[i]) clean.standIn[old.index] = NodeId{i};
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
