#include "core/schedule/through_views.h"

#include "core/schedule/view_index.h"
#include "core/schedule/view_ops.h"

namespace core::schedule {

MappedRead throughViews(const ir::Graph& graph, ir::NodeId operand, LoopIndex index,
                        AxisSpace& space) {
  MappedRead read{operand, std::move(index)};
  while (viewKind(graph, graph.node(read.root)) != ViewKind::None) {
    const ir::Node& view = graph.node(read.root);
    if (read.index) read.index = indexBelowView(graph, view, *read.index, space);
    read.root = viewedNode(graph, view);
  }
  return read;
}

}  // namespace core::schedule
