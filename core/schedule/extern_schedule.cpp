// The schedule without kernels: one extern step per operator. It is what a run is compared with
// when a kernel is under suspicion, and what runs when no compiler could be loaded.

#include "core/base/check.h"
#include "core/schedule/make_schedule.h"
#include "core/schedule/plan_memory.h"
#include "core/schedule/storage.h"
#include "core/schedule/write_back.h"

namespace core::schedule {
namespace {

/// A buffer for each tensor result that somebody reads. Views get buffers of their own: LibTorch
/// keeps the storage that they share alive.
ExternStep externStep(Schedule& schedule, const ir::Node& node, const std::string& reason) {
  const ir::Graph& graph = *schedule.graph;
  ExternStep step{node.id, {}, reason};
  if (const ir::TensorMeta* meta = node.tensor()) {
    const BufferView place = addBuffer(schedule, node.name, *meta, BufferKind::External);
    schedule.places[node.id.index] = place;
    step.results.emplace_back(place.buffer);
  }
  const ir::TupleMeta* tuple = node.tuple();
  if (!tuple) return step;
  step.results.resize(tuple->elements.size());
  for (const ir::NodeId userId : graph.users(node.id)) {
    const ir::Node& user = graph.node(userId);
    if (!user.isCallTo("getitem") || !user.tensor()) continue;
    auto& result = step.results[static_cast<std::size_t>(*user.args[1].integer())];
    BufferView place{result.value_or(-1), *user.tensor(), 0};
    if (!result) place = addBuffer(schedule, user.name, *user.tensor(), BufferKind::External);
    result = place.buffer;
    schedule.places[userId.index] = place;
  }
  return step;
}

}  // namespace

Schedule makeExternSchedule(ir::GraphPtr graph, const std::string& reason) {
  Schedule schedule;
  schedule.graph = std::move(graph);
  schedule.places.resize(schedule.graph->size());
  addInputs(schedule);
  for (const ir::Node& node : schedule.graph->nodes()) {
    const bool isComputed = node.isCall() || node.kind == ir::NodeKind::Attribute;
    if (!isComputed || node.sym() || node.isCallTo("getitem")) continue;
    if (isWriteBack(*schedule.graph, node))
      schedule.steps.emplace_back(writeBackStep(schedule, node));
    else
      schedule.steps.emplace_back(externStep(schedule, node, reason));
  }
  markOutputs(schedule);
  computeLifetimes(schedule);
  schedule.peakBytes = peakBytesOf(schedule);
  return schedule;
}

}  // namespace core::schedule
