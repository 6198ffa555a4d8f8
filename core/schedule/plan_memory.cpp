// Memory planning. Problem: pack the intermediate values of one step into one arena, so that a step
// allocates nothing, without overlap in time and space. Steps:
//   1. lifetimes from the final order of the steps, as closed intervals;
//   2. a large value is no part of the arena if it may be allocated on demand: the arena is there
//      all the time, beside what is saved, returned and allocated by calls, whose peaks come at
//      other times than its own;
//   3. a pointwise kernel writes over an input that dies with it if every element is read exactly
//      where it is written (in_place.cpp);
//   4. greedy by size: the largest value first, each at the lowest offset that is free during its
//      whole life. This order is within a few percent of the lower bound on neural networks
//      (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
//   5. a checker that knows nothing of steps 3 and 4 looks for overlaps, always.
// Cost: O(n^2) for n arena values, with a small constant.

#include "core/schedule/plan_memory.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "core/base/check.h"
#include "core/ir/op_table.h"
#include "core/schedule/in_place.h"

namespace core::schedule {
namespace {

constexpr std::int64_t kAlignment = 64;
constexpr std::int64_t kLargeBytes = 16 * 1024;  // whose kernel takes longer than an allocation

std::int64_t aligned(std::int64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

void addOnce(std::vector<int>& list, int buffer) {
  if (std::find(list.begin(), list.end(), buffer) == list.end()) list.push_back(buffer);
}

/// Whether LibTorch may answer with a view of an argument, although the operator is no view of
/// ours.
bool resultMayAliasArgument(std::string_view target) {
  constexpr std::array kSometimes{std::string_view("aten.reshape.default"),
                                  std::string_view("aten.contiguous.default"),
                                  std::string_view("aten.lift_fresh.default")};
  return ir::opFacts(target).sharesStorage ||
         std::find(kSometimes.begin(), kSometimes.end(), target) != kSometimes.end();
}

/// A place in the arena: when it is taken, and by which buffers.
struct Slot {
  int first = 0;
  int last = 0;
  std::int64_t bytes = 0;
  std::int64_t offset = 0;
  std::vector<int> buffers;  ///< one, or a chain of in-place writes
};

std::vector<Slot> slotsOf(const Schedule& schedule) {
  std::vector<Slot> slots;
  std::vector<int> slotOf(schedule.buffers.size(), -1);
  std::vector<int> order(schedule.buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return schedule.buffers[static_cast<std::size_t>(a)].firstStep <
           schedule.buffers[static_cast<std::size_t>(b)].firstStep;
  });
  for (const int index : order) {
    const Buffer& buffer = schedule.buffers[static_cast<std::size_t>(index)];
    if (buffer.kind != BufferKind::Arena) continue;
    int& slot = slotOf[static_cast<std::size_t>(index)];
    if (buffer.inPlaceOf >= 0) {
      slot = slotOf[static_cast<std::size_t>(buffer.inPlaceOf)];
    } else {
      slot = static_cast<int>(slots.size());
      slots.push_back({buffer.firstStep, buffer.lastStep, aligned(buffer.bytes), 0, {}});
    }
    Slot& own = slots[static_cast<std::size_t>(slot)];
    own.last = std::max(own.last, buffer.lastStep);
    own.buffers.push_back(index);
  }
  return slots;
}

/// The lowest offset at which `bytes` fit between `taken`, which is sorted by offset.
std::int64_t lowestGap(const std::vector<const Slot*>& taken, std::int64_t bytes) {
  std::int64_t offset = 0;
  for (const Slot* slot : taken) {
    if (offset + bytes <= slot->offset) break;
    offset = std::max(offset, slot->offset + slot->bytes);
  }
  return offset;
}

std::int64_t placeSlots(std::vector<Slot>& slots) {
  std::vector<std::size_t> order(slots.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return slots[a].bytes > slots[b].bytes; });
  std::vector<const Slot*> placed;  // by offset
  std::int64_t end = 0;
  for (const std::size_t index : order) {
    Slot& slot = slots[index];
    std::vector<const Slot*> alive;
    for (const Slot* other : placed)
      if (other->first <= slot.last && slot.first <= other->last) alive.push_back(other);
    slot.offset = lowestGap(alive, slot.bytes);
    end = std::max(end, slot.offset + slot.bytes);
    const auto byOffset = [](const Slot* a, const Slot* b) { return a->offset < b->offset; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), &slot, byOffset), &slot);
  }
  return end;
}

void allocateLargeOnDemand(Schedule& schedule) {
  for (Buffer& buffer : schedule.buffers)
    if (buffer.kind == BufferKind::Arena && buffer.bytes >= kLargeBytes)
      buffer.kind = BufferKind::External;
}

bool livesAtOnce(const Buffer& a, const Buffer& b) {
  return a.firstStep <= b.lastStep && b.firstStep <= a.lastStep;
}

}  // namespace

StepBuffers buffersOf(const Schedule& schedule, const Step& step) {
  StepBuffers result;
  if (const auto* kernel = std::get_if<KernelStep>(&step)) {
    const FusionGroup& group = schedule.groups[static_cast<std::size_t>(kernel->group)];
    for (std::size_t i = 0; i < group.buffers.size(); ++i)
      addOnce(group.nest.buffers[i].access == BufferAccess::Read ? result.reads : result.writes,
              group.buffers[i].buffer);
  } else if (const auto* call = std::get_if<ExternStep>(&step)) {
    ir::forEachInput(schedule.graph->node(call->node), [&](ir::NodeId input) {
      if (const auto& place = schedule.places[input.index]) addOnce(result.reads, place->buffer);
    });
    for (const auto& buffer : call->results)
      if (buffer) addOnce(result.writes, *buffer);
  } else if (const auto* copy = std::get_if<CopyStep>(&step)) {
    result.reads = {copy->source.buffer};
    result.writes = {copy->destination.buffer};
  }
  return result;
}

void computeLifetimes(Schedule& schedule) {
  const int stepCount = static_cast<int>(schedule.steps.size());
  for (int index = 0; index < stepCount; ++index) {
    const StepBuffers used = buffersOf(schedule, schedule.steps[static_cast<std::size_t>(index)]);
    for (const int read : used.reads)
      schedule.buffers[static_cast<std::size_t>(read)].lastStep = index;
    for (const int written : used.writes) {
      Buffer& buffer = schedule.buffers[static_cast<std::size_t>(written)];
      if (buffer.firstStep < 0 && buffer.kind != BufferKind::GraphInput) buffer.firstStep = index;
      buffer.lastStep = index;
    }
  }
  for (Buffer& buffer : schedule.buffers)
    if (buffer.kind == BufferKind::GraphOutput) buffer.lastStep = stepCount - 1;
  for (int index = stepCount; index-- > 0;) {
    const auto* call = std::get_if<ExternStep>(&schedule.steps[static_cast<std::size_t>(index)]);
    if (!call || !resultMayAliasArgument(schedule.graph->node(call->node).target)) continue;
    const StepBuffers used = buffersOf(schedule, *call);
    for (const int read : used.reads)
      for (const int written : used.writes) {
        int& last = schedule.buffers[static_cast<std::size_t>(read)].lastStep;
        last = std::max(last, schedule.buffers[static_cast<std::size_t>(written)].lastStep);
      }
  }
}

void planMemory(Schedule& schedule, MemoryPolicy policy) {
  computeLifetimes(schedule);
  if (policy == MemoryPolicy::LargeOnDemand) allocateLargeOnDemand(schedule);
  writeInPlace(schedule);
  std::vector<Slot> slots = slotsOf(schedule);
  schedule.arenaBytes = placeSlots(slots);
  for (const Slot& slot : slots)
    for (const int buffer : slot.buffers)
      schedule.buffers[static_cast<std::size_t>(buffer)].arenaOffset = slot.offset;
  checkMemoryPlan(schedule);
  schedule.peakBytes = peakBytesOf(schedule);
}

std::int64_t peakBytesOf(const Schedule& schedule) {
  std::vector<std::int64_t> change(schedule.steps.size() + 1, 0);
  for (const Buffer& buffer : schedule.buffers) {
    const bool counts =
        buffer.kind == BufferKind::External || buffer.kind == BufferKind::GraphOutput;
    if (!counts || buffer.firstStep < 0) continue;
    // What takes over a buffer is that buffer until the step is done.
    const int first = buffer.firstStep + (buffer.inPlaceOf >= 0 ? 1 : 0);
    change[static_cast<std::size_t>(first)] += buffer.bytes;
    change[static_cast<std::size_t>(buffer.lastStep) + 1] -= buffer.bytes;
  }
  std::int64_t now = 0;
  std::int64_t peak = 0;
  for (const std::int64_t bytes : change) {
    now += bytes;
    peak = std::max(peak, now);
  }
  return schedule.arenaBytes + peak;
}

void checkMemoryPlan(const Schedule& schedule) {
  std::vector<const Buffer*> arena;
  for (const Buffer& buffer : schedule.buffers)
    if (buffer.kind == BufferKind::Arena && buffer.bytes > 0) arena.push_back(&buffer);
  std::stable_sort(arena.begin(), arena.end(), [](const Buffer* a, const Buffer* b) {
    return a->arenaOffset < b->arenaOffset;
  });
  for (std::size_t i = 0; i < arena.size(); ++i) {
    const Buffer& a = *arena[i];
    CORE_CHECK(a.arenaOffset % kAlignment == 0, "buffer '" + a.name + "' is not aligned");
    CORE_CHECK(a.arenaOffset >= 0 && a.arenaOffset + a.bytes <= schedule.arenaBytes,
               "buffer '" + a.name + "' lies outside of the arena");
    for (std::size_t j = i + 1; j < arena.size(); ++j) {
      const Buffer& b = *arena[j];
      if (b.arenaOffset >= a.arenaOffset + a.bytes) break;
      const bool takesOver =
          (a.inPlaceOf >= 0 && &schedule.buffers[static_cast<std::size_t>(a.inPlaceOf)] == &b) ||
          (b.inPlaceOf >= 0 && &schedule.buffers[static_cast<std::size_t>(b.inPlaceOf)] == &a);
      const bool isHandedOver =
          takesOver && (a.firstStep == b.lastStep || b.firstStep == a.lastStep);
      CORE_CHECK(!livesAtOnce(a, b) || isHandedOver,
                 "buffers '" + a.name + "' and '" + b.name + "' overlap");
    }
  }
}

}  // namespace core::schedule
