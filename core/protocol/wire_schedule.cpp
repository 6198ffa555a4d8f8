#include "core/protocol/wire_parts.h"

namespace core::protocol {
namespace {

using namespace core::schedule;

constexpr int kScalarFns = static_cast<int>(ScalarFn::Fma) + 1;
constexpr int kReduceFns = static_cast<int>(ReduceFn::All) + 1;
constexpr int kLoopOpKinds = static_cast<int>(LoopOpKind::Accumulate) + 1;
constexpr int kBufferKinds = static_cast<int>(BufferKind::GraphOutput) + 1;

template <bool kWrite, typename Id, typename Index>
void moveNodeId(Id& ours, Index& onWire) {
  if constexpr (kWrite)
    onWire = ours.index;
  else
    ours.index = onWire;
}

template <bool kWrite, typename Ids, typename Indices>
void moveNodeIds(Ids& ours, Indices& onWire) {
  if constexpr (kWrite) {
    for (ir::NodeId id : ours) onWire.push_back(id.index);
  } else {
    for (std::uint32_t index : onWire) ours.push_back(ir::NodeId{index});
  }
}

template <bool kWrite>
void moveIndirect(Ours<kWrite, IndirectTerm> ours, Wire<kWrite, wire::IndirectT> onWire) {
  plain<kWrite>(ours.op, onWire.op);
  plain<kWrite>(ours.stride, onWire.stride);
  plain<kWrite>(ours.bound, onWire.bound);
}

template <bool kWrite>
void moveAccess(Ours<kWrite, Access> ours, Wire<kWrite, wire::AccessT> onWire) {
  plain<kWrite>(ours.buffer, onWire.buffer);
  plain<kWrite>(ours.offset, onWire.offset);
  plain<kWrite>(ours.strides, onWire.strides);
  list<kWrite>(ours.indirect, onWire.indirect, moveIndirect<kWrite>);
}

template <bool kWrite>
void moveLoopOp(Ours<kWrite, LoopOp> ours, Wire<kWrite, wire::LoopOpT> onWire) {
  enumeration<kWrite>(ours.kind, onWire.kind, kLoopOpKinds);
  enumeration<kWrite>(ours.fn, onWire.fn, kScalarFns);
  enumeration<kWrite>(ours.reduce, onWire.reduce, kReduceFns);
  enumeration<kWrite>(ours.dtype, onWire.dtype, kDTypes);
  plain<kWrite>(ours.operands, onWire.operands);
  plain<kWrite>(ours.constant, onWire.constant);
  plain<kWrite>(ours.axis, onWire.axis);
  table<kWrite>(ours.access, onWire.access, moveAccess<kWrite>);
  moveNodeId<kWrite>(ours.node, onWire.node);
}

template <bool kWrite>
void moveKernelBuffer(Ours<kWrite, KernelBuffer> ours, Wire<kWrite, wire::KernelBufferT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  enumeration<kWrite>(ours.dtype, onWire.dtype, kDTypes);
  enumeration<kWrite>(ours.access, onWire.access, 2);
  plain<kWrite>(ours.extent, onWire.extent);
}

template <bool kWrite>
void moveNest(Ours<kWrite, LoopNest> ours, Wire<kWrite, wire::LoopNestT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  plain<kWrite>(ours.outer, onWire.outer);
  plain<kWrite>(ours.inner, onWire.inner);
  list<kWrite>(ours.buffers, onWire.buffers, moveKernelBuffer<kWrite>);
  list<kWrite>(ours.ops, onWire.ops, moveLoopOp<kWrite>);
}

template <bool kWrite>
void moveBuffer(Ours<kWrite, Buffer> ours, Wire<kWrite, wire::BufferT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  enumeration<kWrite>(ours.dtype, onWire.dtype, kDTypes);
  enumeration<kWrite>(ours.kind, onWire.kind, kBufferKinds);
  plain<kWrite>(ours.bytes, onWire.bytes);
  plain<kWrite>(ours.input, onWire.input);
  plain<kWrite>(ours.arenaOffset, onWire.arena_offset);
  plain<kWrite>(ours.firstStep, onWire.first_step);
  plain<kWrite>(ours.lastStep, onWire.last_step);
  plain<kWrite>(ours.inPlaceOf, onWire.in_place_of);
}

template <bool kWrite>
void moveView(Ours<kWrite, BufferView> ours, Wire<kWrite, wire::BufferViewT> onWire) {
  plain<kWrite>(ours.buffer, onWire.buffer);
  table<kWrite>(ours.meta, onWire.meta, moveTensor<kWrite>);
  plain<kWrite>(ours.offset, onWire.offset);
}

template <bool kWrite>
void moveGroup(Ours<kWrite, FusionGroup> ours, Wire<kWrite, wire::GroupT> onWire) {
  table<kWrite>(ours.nest, onWire.nest, moveNest<kWrite>);
  moveNodeIds<kWrite>(ours.nodes, onWire.nodes);
  list<kWrite>(ours.buffers, onWire.buffers, moveView<kWrite>);
  plain<kWrite>(ours.reasons, onWire.reasons);
}

template <bool kWrite>
void moveRefusal(Ours<kWrite, FusionRefusal> ours, Wire<kWrite, wire::RefusalT> onWire) {
  moveNodeId<kWrite>(ours.producer, onWire.producer);
  moveNodeId<kWrite>(ours.consumer, onWire.consumer);
  plain<kWrite>(ours.rule, onWire.rule);
  plain<kWrite>(ours.sentence, onWire.sentence);
}

void writeStep(const Step& step, wire::StepT& onWire) {
  onWire.kind = static_cast<std::uint8_t>(step.index());
  if (const auto* kernel = std::get_if<KernelStep>(&step)) {
    onWire.group = kernel->group;
  } else if (const auto* external = std::get_if<ExternStep>(&step)) {
    onWire.node = external->node.index;
    for (const auto& result : external->results) onWire.results.push_back(result.value_or(-1));
    onWire.reason = external->reason;
  } else if (const auto* copy = std::get_if<CopyStep>(&step)) {
    onWire.node = copy->node.index;
    table<true>(copy->destination, onWire.destination, moveView<true>);
    table<true>(copy->source, onWire.source, moveView<true>);
  }
}

void readStep(Step& step, const wire::StepT& onWire) {
  switch (onWire.kind) {
    case 0: step = KernelStep{onWire.group}; return;
    case 1: {
      ExternStep external{{onWire.node}, {}, onWire.reason};
      for (int result : onWire.results)
        external.results.push_back(result < 0 ? std::nullopt : std::optional<int>(result));
      step = std::move(external);
      return;
    }
    case 2: {
      CopyStep copy;
      copy.node.index = onWire.node;
      table<false>(copy.destination, onWire.destination, moveView<false>);
      table<false>(copy.source, onWire.source, moveView<false>);
      step = std::move(copy);
      return;
    }
    default: throw WireError("a step kind is unknown");
  }
}

/// What indices point at must exist; the views rely on it.
void checkSchedule(const Schedule& schedule) {
  const std::size_t nodes = schedule.graph->size();
  const auto checkView = [&](const BufferView& view) {
    checkedIndex(view.buffer, schedule.buffers.size(), "a buffer");
  };
  const auto checkNode = [&](ir::NodeId id) {
    checkedIndex(static_cast<std::int64_t>(id.index), nodes, "a scheduled node");
  };
  if (schedule.places.size() > nodes) throw WireError("a schedule places too many values");
  for (const auto& place : schedule.places)
    if (place) checkView(*place);
  for (const FusionGroup& group : schedule.groups) {
    for (ir::NodeId id : group.nodes) checkNode(id);
    for (const BufferView& view : group.buffers) checkView(view);
  }
  for (const FusionRefusal& refusal : schedule.refusals) {
    checkNode(refusal.producer);
    checkNode(refusal.consumer);
  }
  for (const Step& step : schedule.steps) {
    if (const auto* kernel = std::get_if<KernelStep>(&step))
      checkedIndex(kernel->group, schedule.groups.size(), "a fusion group");
    if (const auto* external = std::get_if<ExternStep>(&step)) checkNode(external->node);
    if (const auto* copy = std::get_if<CopyStep>(&step)) {
      checkNode(copy->node);
      checkView(copy->destination);
      checkView(copy->source);
    }
  }
}

void writeSchedule(const Schedule& schedule, wire::ScheduleT& onWire) {
  table<true>(*schedule.graph, onWire.graph, writeGraph);
  list<true>(schedule.buffers, onWire.buffers, moveBuffer<true>);
  list<true>(schedule.places, onWire.places,
             [](const std::optional<BufferView>& place, wire::OptionalViewT& target) {
               target.present = place.has_value();
               if (place) table<true>(*place, target.view, moveView<true>);
             });
  list<true>(schedule.groups, onWire.groups, moveGroup<true>);
  list<true>(schedule.steps, onWire.steps, writeStep);
  list<true>(schedule.refusals, onWire.refusals, moveRefusal<true>);
  onWire.arena_bytes = schedule.arenaBytes;
  onWire.peak_bytes = schedule.peakBytes;
}

Schedule readSchedule(const wire::ScheduleT& onWire) {
  if (!onWire.graph) throw WireError("a scheduled graph is missing");
  Schedule schedule;
  schedule.graph = readGraph(*onWire.graph);
  list<false>(schedule.buffers, onWire.buffers, moveBuffer<false>);
  list<false>(schedule.places, onWire.places,
              [](std::optional<BufferView>& place, const wire::OptionalViewT& source) {
                if (!source.present) return;
                place.emplace();
                table<false>(*place, source.view, moveView<false>);
              });
  list<false>(schedule.groups, onWire.groups, moveGroup<false>);
  list<false>(schedule.steps, onWire.steps, readStep);
  list<false>(schedule.refusals, onWire.refusals, moveRefusal<false>);
  schedule.arenaBytes = onWire.arena_bytes;
  schedule.peakBytes = onWire.peak_bytes;
  checkSchedule(schedule);
  return schedule;
}

template <bool kWrite>
void moveKernel(Ours<kWrite, codegen::KernelSource> ours, Wire<kWrite, wire::KernelT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  enumeration<kWrite>(ours.language, onWire.language, 2);
  plain<kWrite>(ours.source, onWire.source);
  plain<kWrite>(ours.loopText, onWire.loop_text);
  plain<kWrite>(ours.units, onWire.units);
  plain<kWrite>(ours.grain, onWire.grain);
  plain<kWrite>(ours.checksIndices, onWire.checks_indices);
  plain<kWrite>(ours.notes, onWire.notes);
}

}  // namespace

void writeHalf(const pipeline::CompiledHalf& half, wire::HalfT& onWire) {
  table<true>(*half.graph, onWire.graph, writeGraph);
  list<true>(half.origin.origins, onWire.origins,
             [](const std::vector<ir::NodeId>& nodes, wire::OriginsT& target) {
               moveNodeIds<true>(nodes, target.nodes);
             });
  table<true>(half.schedule, onWire.schedule, writeSchedule);
  list<true>(half.kernels, onWire.kernels, moveKernel<true>);
}

pipeline::CompiledHalf readHalf(const wire::HalfT& onWire) {
  if (!onWire.graph || !onWire.schedule) throw WireError("half of a compiled step is incomplete");
  pipeline::CompiledHalf half;
  half.graph = readGraph(*onWire.graph);
  half.schedule = readSchedule(*onWire.schedule);
  list<false>(half.origin.origins, onWire.origins,
              [](std::vector<ir::NodeId>& nodes, const wire::OriginsT& source) {
                moveNodeIds<false>(nodes, source.nodes);
              });
  if (half.origin.origins.size() != half.schedule.graph->size())
    throw WireError("an origin map does not fit its graph");
  for (const auto& nodes : half.origin.origins)
    for (ir::NodeId id : nodes)
      checkedIndex(static_cast<std::int64_t>(id.index), half.graph->size(), "an origin");
  list<false>(half.kernels, onWire.kernels, moveKernel<false>);
  return half;
}

}  // namespace core::protocol
