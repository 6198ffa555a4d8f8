#include "core/partition/memory_timeline.h"

#include <algorithm>
#include <unordered_set>

#include "core/partition/memory_program.h"

namespace core::partition {
namespace {

using ir::Graph;
using ir::Node;

void addSteps(const Graph& graph, bool inBackward, MemoryTimeline& timeline) {
  for (const Node& node : graph.nodes())
    if (node.isCall() || node.kind == ir::NodeKind::Attribute)
      timeline.steps.push_back({node.name, inBackward, 0});
}

class RangeNamer {
 public:
  RangeNamer(const Partition& partition, const MemoryProgram& program)
      : m_partition(partition),
        m_program(program),
        m_recomputed(partition.recomputed.begin(), partition.recomputed.end()) {}

  MemoryRange rangeOf(const MemoryPiece& piece) const {
    const bool inBackward = piece.firstStep >= m_program.forwardSteps;
    const Graph& graph = inBackward ? *m_partition.backward : *m_partition.forward;
    const std::string& name = graph.node(piece.value).name;
    const int end = m_program.forwardSteps + m_program.backwardSteps - 1;
    return {name, kindOf(piece, name, inBackward), piece.bytes, piece.firstStep,
            std::min(piece.lastStep, end)};
  }

 private:
  MemoryKind kindOf(const MemoryPiece& piece, const std::string& name, bool inBackward) const {
    if (piece.saved) return MemoryKind::Saved;
    if (piece.lastStep == MemoryPiece::kToTheEnd)
      return inBackward ? MemoryKind::Gradient : MemoryKind::Output;
    return inBackward && m_recomputed.contains(name) ? MemoryKind::Recomputed
                                                     : MemoryKind::Temporary;
  }

  const Partition& m_partition;
  const MemoryProgram& m_program;
  std::unordered_set<std::string> m_recomputed;
};

}  // namespace

std::vector<int> MemoryTimeline::aliveAt(int step) const {
  std::vector<int> alive;
  for (std::size_t i = 0; i < ranges.size(); ++i)
    if (ranges[i].firstStep <= step && step <= ranges[i].lastStep)
      alive.push_back(static_cast<int>(i));
  std::stable_sort(alive.begin(), alive.end(), [&](int a, int b) {
    return ranges[static_cast<std::size_t>(a)].bytes > ranges[static_cast<std::size_t>(b)].bytes;
  });
  return alive;
}

MemoryTimeline memoryTimeline(const Partition& partition) {
  MemoryTimeline timeline;
  if (!partition.forward || !partition.backward) return timeline;
  const MemoryProgram program =
      memoryProgram(*partition.forward, *partition.backward,
                    partition.savedTensors.size() + partition.savedSymInts.size());
  addSteps(*partition.forward, false, timeline);
  addSteps(*partition.backward, true, timeline);
  timeline.forwardSteps = program.forwardSteps;
  timeline.betweenBytes = program.between();
  const std::vector<std::int64_t> bytes = program.bytesByStep();
  std::int64_t most = -1;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    MemoryStep& step = timeline.steps[i];
    step.bytes = bytes[i];
    std::int64_t& peak = step.inBackward ? timeline.backwardPeak : timeline.forwardPeak;
    peak = std::max(peak, bytes[i]);
    if (bytes[i] <= most) continue;
    most = bytes[i];
    timeline.peakStep = static_cast<int>(i);
  }
  const RangeNamer namer(partition, program);
  for (const MemoryPiece& piece : program.pieces)
    if (piece.bytes > 0 && piece.lastStep >= piece.firstStep)
      timeline.ranges.push_back(namer.rangeOf(piece));
  return timeline;
}

}  // namespace core::partition
