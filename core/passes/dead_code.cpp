#include "core/passes/dead_code.h"

#include <algorithm>

#include "core/ir/op_table.h"
#include "core/passes/graph_copier.h"

namespace core::passes {

using ir::Node;
using ir::NodeId;

std::vector<bool> liveNodes(const ir::Graph& graph) {
  std::vector<bool> live(graph.size(), false);
  for (std::size_t i = graph.size(); i-- > 0;) {
    const Node& node = graph.nodes()[i];
    const bool isRoot = node.kind == ir::NodeKind::Output ||
                        node.kind == ir::NodeKind::Placeholder || ir::hasSideEffect(node);
    if (!isRoot && !live[i]) continue;
    live[i] = true;
    ir::forEachInput(node, [&](NodeId input) { live[input.index] = true; });
  }
  return live;
}

ir::PassResult eliminateDeadCode(const ir::GraphPtr& graph) {
  const std::vector<bool> live = liveNodes(*graph);
  if (std::find(live.begin(), live.end(), false) == live.end())
    return {graph, ir::OriginMap::identity(graph->size())};

  GraphCopier copier(*graph);
  for (const Node& node : graph->nodes())
    if (live[node.id.index]) copier.copy(node);
  return std::move(copier).freeze();
}

}  // namespace core::passes
