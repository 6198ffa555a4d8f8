#include "core/schedule/in_place.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/check.h"

namespace core::schedule {
namespace {

bool isSameElement(const Access& a, const Access& b) {
  return a.offset == b.offset && a.strides == b.strides && a.indirect.empty() && b.indirect.empty();
}

/// The access of the only store into nest buffer `buffer`; empty if there are several.
std::optional<Access> onlyStore(const LoopNest& nest, int buffer) {
  std::optional<Access> found;
  for (const LoopOp& op : nest.ops) {
    if (op.kind != LoopOpKind::Store || op.access.buffer != buffer) continue;
    if (found) return std::nullopt;
    found = op.access;
  }
  return found;
}

bool everyLoadIs(const LoopNest& nest, int buffer, const Access& access) {
  return std::all_of(nest.ops.begin(), nest.ops.end(), [&](const LoopOp& op) {
    return op.kind != LoopOpKind::Load || op.access.buffer != buffer ||
           isSameElement(op.access, access);
  });
}

/// Drops nest buffer `read` and lets its loads read from `written`.
void mergeNestBuffers(FusionGroup& group, int read, int written) {
  const auto renumbered = [&](int buffer) {
    if (buffer == read) buffer = written;
    return buffer > read ? buffer - 1 : buffer;
  };
  for (LoopOp& op : group.nest.ops)
    if (op.access.buffer >= 0) op.access.buffer = renumbered(op.access.buffer);
  group.nest.buffers.erase(group.nest.buffers.begin() + read);
  group.buffers.erase(group.buffers.begin() + read);
}

/// Whether what the operator returns is memory of its own for certain. Others may return an
/// argument or what a cache holds.
bool makesItsResult(std::string_view target) {
  constexpr std::array kProducts{
      std::string_view("aten.convolution.default"), std::string_view("aten.mm.default"),
      std::string_view("aten.addmm.default"), std::string_view("aten.bmm.default"),
      std::string_view("aten.baddbmm.default")};
  return std::find(kProducts.begin(), kProducts.end(), target) != kProducts.end();
}

class InPlaceWriter {
 public:
  explicit InPlaceWriter(Schedule& schedule)
      : m_schedule(schedule), m_isOwn(schedule.buffers.size(), false) {
    for (std::size_t i = 0; i < schedule.buffers.size(); ++i)
      m_isOwn[i] = isBetweenSteps(schedule.buffers[i]);
    for (const Step& step : schedule.steps) {
      const auto* call = std::get_if<ExternStep>(&step);
      if (!call || makesItsResult(schedule.graph->node(call->node).target)) continue;
      for (const auto& result : call->results)
        if (result) m_isOwn[static_cast<std::size_t>(*result)] = false;
    }
  }

  void run() {
    for (std::size_t step = 0; step < m_schedule.steps.size(); ++step) {
      const auto* kernel = std::get_if<KernelStep>(&m_schedule.steps[step]);
      if (!kernel) continue;
      FusionGroup& group = m_schedule.groups[static_cast<std::size_t>(kernel->group)];
      if (!group.nest.inner.empty()) continue;  // later passes would read what was overwritten
      while (mergeOne(group, static_cast<int>(step))) continue;
    }
  }

 private:
  static bool isBetweenSteps(const Buffer& buffer) {
    return buffer.kind == BufferKind::Arena || buffer.kind == BufferKind::External;
  }

  bool mergeOne(FusionGroup& group, int step) {
    const int count = static_cast<int>(group.buffers.size());
    for (int written = 0; written < count; ++written) {
      if (!mayTakeOver(group, written)) continue;
      const auto store = onlyStore(group.nest, written);
      if (!store) continue;
      for (int read = 0; read < count; ++read) {
        if (!diesHere(group, read, step) || !fits(group, read, written)) continue;
        if (!everyLoadIs(group.nest, read, *store)) continue;
        const int from = group.buffers[static_cast<std::size_t>(read)].buffer;
        Buffer& to = bufferOf(group, written);
        to.inPlaceOf = from;
        if (isBetweenSteps(to)) to.kind = m_schedule.buffers[static_cast<std::size_t>(from)].kind;
        mergeNestBuffers(group, read, written);
        return true;
      }
    }
    return false;
  }

  Buffer& bufferOf(const FusionGroup& group, int index) {
    return m_schedule
        .buffers[static_cast<std::size_t>(group.buffers[static_cast<std::size_t>(index)].buffer)];
  }

  bool mayTakeOver(const FusionGroup& group, int index) {
    const Buffer& buffer = bufferOf(group, index);
    return group.nest.buffers[static_cast<std::size_t>(index)].access == BufferAccess::Write &&
           buffer.kind != BufferKind::GraphInput && buffer.inPlaceOf < 0;
  }

  bool diesHere(const FusionGroup& group, int index, int step) {
    const auto at = static_cast<std::size_t>(index);
    return group.nest.buffers[at].access == BufferAccess::Read &&
           m_isOwn[static_cast<std::size_t>(group.buffers[at].buffer)] &&
           bufferOf(group, index).lastStep == step;
  }

  bool fits(const FusionGroup& group, int read, int written) {
    const Buffer& from = bufferOf(group, read);
    const Buffer& to = bufferOf(group, written);
    // What is returned must outlive the arena.
    if (to.kind == BufferKind::GraphOutput && from.kind == BufferKind::Arena) return false;
    return from.dtype == to.dtype && from.bytes == to.bytes;
  }

  Schedule& m_schedule;
  std::vector<bool> m_isOwn;  ///< by buffer: nothing else can look at its memory
};

}  // namespace

void writeInPlace(Schedule& schedule) {
  InPlaceWriter(schedule).run();
}

}  // namespace core::schedule
