// The scheduler in reading order: give every node its loop form, fuse, order the steps, write the
// nests, plan memory.

#include "core/schedule/make_schedule.h"

#include <set>

#include "core/base/check.h"
#include "core/schedule/emit_group.h"
#include "core/schedule/fuse.h"
#include "core/schedule/keep_single.h"
#include "core/schedule/kernel_names.h"
#include "core/schedule/lowered_graph.h"
#include "core/schedule/step_order.h"
#include "core/schedule/storage.h"
#include "core/schedule/view_ops.h"
#include "core/schedule/write_back.h"

namespace core::schedule {
namespace {

class ScheduleMaker {
 public:
  ScheduleMaker(const LoweredGraph& lowered, Fusion fusion, bool roundsLikeEager)
      : m_lowered(lowered), m_fusion(std::move(fusion)), m_roundsLikeEager(roundsLikeEager) {
    m_schedule.graph = lowered.graph;
    m_schedule.places.resize(lowered.graph->size());
  }

  Result<Schedule> run(MemoryPolicy memory) {
    addInputs(m_schedule);
    nameUnits();
    const std::vector<int> order =
        orderUnits(successors(m_lowered), m_unitOf, static_cast<int>(m_units.size()));
    if (order.empty() && !m_units.empty())
      return Error{ErrorCode::UnsupportedOp,
                   "Cannot order the steps: a tensor that `copy_` overwrites is needed both before "
                   "and after the copy by the same kernel.",
                   {},
                   {}};
    for (const int unit : order) addStep(m_units[static_cast<std::size_t>(unit)]);
    placeViews();
    markOutputs(m_schedule);
    m_schedule.refusals = std::move(m_fusion.refusals);
    planMemory(m_schedule, memory);
    return std::move(m_schedule);
  }

 private:
  /// A fused group (`group` >= 0) or one node.
  struct Unit {
    int group = -1;
    ir::NodeId node;
  };

  const ir::Graph& graph() const { return *m_lowered.graph; }

  void nameUnits() {
    m_unitOf.assign(graph().size(), -1);
    for (std::size_t i = 0; i < m_fusion.groups.size(); ++i) {
      const std::vector<ir::NodeId>& members = m_fusion.groups[i].domain.members;
      for (const ir::NodeId member : members)
        m_unitOf[member.index] = static_cast<int>(m_units.size());
      m_units.push_back({static_cast<int>(i), members.front()});
    }
    for (const ir::Node& node : graph().nodes()) {
      const NodeRole role = m_lowered.at(node.id).role;
      if (role != NodeRole::Extern && role != NodeRole::WriteBack) continue;
      m_unitOf[node.id.index] = static_cast<int>(m_units.size());
      m_units.push_back({-1, node.id});
    }
  }

  void addStep(const Unit& unit) {
    if (unit.group >= 0) {
      addKernel(m_fusion.groups[static_cast<std::size_t>(unit.group)]);
      return;
    }
    const ir::Node& node = graph().node(unit.node);
    ir::forEachInput(node, [&](ir::NodeId input) {
      if (graph().node(input).tensor()) placeOf(input);
    });
    if (m_lowered.at(unit.node).role == NodeRole::WriteBack)
      m_schedule.steps.emplace_back(writeBackStep(m_schedule, node));
    else
      m_schedule.steps.emplace_back(externStep(node));
  }

  void addKernel(FusedGroup& fused) {
    for (const ir::NodeId member : fused.domain.members) {
      if (!isStored(m_lowered, fused.domain.members, member)) continue;
      const ir::Node& node = graph().node(member);
      m_schedule.places[member.index] =
          addBuffer(m_schedule, node.name, *node.tensor(), BufferKind::Arena);
    }
    auto group = emitGroup(m_lowered, fused.domain, [&](ir::NodeId id) { return placeOf(id); });
    CORE_CHECK(group.has_value(), "a fused group cannot be emitted");
    if (!m_roundsLikeEager) keepSinglePrecision(group->nest);
    group->reasons = std::move(fused.reasons);
    for (std::size_t i = 0; i < group->buffers.size(); ++i)
      group->nest.buffers[i].name =
          m_schedule.buffers[static_cast<std::size_t>(group->buffers[i].buffer)].name;
    group->nest.name = kernelName(graph(), group->nodes, m_kernelNames);
    m_schedule.steps.emplace_back(KernelStep{static_cast<int>(m_schedule.groups.size())});
    m_schedule.groups.push_back(std::move(*group));
  }

  ExternStep externStep(const ir::Node& node) {
    ExternStep step{node.id, {}, m_lowered.at(node.id).externReason};
    const auto result = [&](const ir::Node& value) {
      const BufferView place =
          addBuffer(m_schedule, value.name, *value.tensor(), BufferKind::External);
      m_schedule.places[value.id.index] = place;
      return place.buffer;
    };
    if (node.tensor()) step.results = {result(node)};
    if (!node.tuple()) return step;
    step.results.resize(node.tuple()->elements.size());
    for (const ir::NodeId user : graph().users(node.id)) {
      const ir::Node& getitem = graph().node(user);
      if (!getitem.isCallTo("getitem") || !getitem.tensor()) continue;
      auto& slot = step.results[static_cast<std::size_t>(*getitem.args[1].integer())];
      if (slot)
        m_schedule.places[user.index] = BufferView{*slot, *getitem.tensor(), 0};
      else
        slot = result(getitem);
    }
    return step;
  }

  /// The place of a value that is in memory, or of a view of one.
  BufferView placeOf(ir::NodeId id) {
    auto& place = m_schedule.places[id.index];
    if (place) return *place;
    const ir::Node& node = graph().node(id);
    CORE_CHECK(viewKind(graph(), node) != ViewKind::None,
               "'" + node.name + "' is read from memory before it was written");
    const BufferView base = placeOf(viewedNode(graph(), node));
    m_schedule.places[id.index] = placeOfView(graph(), node, base);
    return *m_schedule.places[id.index];
  }

  /// Views that only the graph's outputs, or nobody, look at.
  void placeViews() {
    for (const ir::Node& node : graph().nodes()) {
      const bool isView = viewKind(graph(), node) != ViewKind::None;
      if (isView && m_schedule.places[m_lowered.at(node.id).root.index]) placeOf(node.id);
    }
  }

  const LoweredGraph& m_lowered;
  Fusion m_fusion;
  bool m_roundsLikeEager = false;
  Schedule m_schedule;
  std::vector<Unit> m_units;
  std::vector<int> m_unitOf;
  std::set<std::string> m_kernelNames;
};

}  // namespace

Result<Schedule> makeSchedule(ir::GraphPtr graph, const StageContext& context,
                              const FusionOptions& options, MemoryPolicy memory) {
  context.progress(0, "Schedule: loops");
  const LoweredGraph lowered = lowerGraph(std::move(graph));
  CORE_TRY_VOID(context.checkCancelled("schedule"));
  context.progress(0.3, "Schedule: fusion");
  CORE_TRY(Fusion fusion, fuse(lowered, options, context));
  context.progress(0.8, "Schedule: memory");
  return ScheduleMaker(lowered, std::move(fusion), options.roundsLikeEager).run(memory);
}

}  // namespace core::schedule
