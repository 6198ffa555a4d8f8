#include "core/schedule/write_back.h"

#include "core/base/check.h"

namespace core::schedule {

bool isWriteBack(const ir::Graph& graph, const ir::Node& node) {
  if (!node.isCallTo("aten.copy_.default") || node.args.size() < 2) return false;
  return node.args[0].isNode() && node.args[1].isNode() &&
         graph.node(node.args[0].node()).tensor() && graph.node(node.args[1].node()).tensor();
}

CopyStep writeBackStep(Schedule& schedule, const ir::Node& node) {
  const auto& destination = schedule.places[node.args[0].node().index];
  const auto& source = schedule.places[node.args[1].node().index];
  CORE_CHECK(destination && source, "'" + node.name + "' copies a tensor that is not in memory");
  CopyStep step{node.id, *destination, *source};
  schedule.places[node.id.index] = step.destination;
  return step;
}

}  // namespace core::schedule
