#pragma once

// Memory over program order, for a chart: the bytes at each step and what is alive there.

#include <cstdint>
#include <string>
#include <vector>

#include "core/partition/partition.h"

namespace core::partition {

/// What a piece of memory holds.
enum class MemoryKind {
  Temporary,   ///< used inside one half only
  Saved,       ///< handed from the forward to the backward
  Output,      ///< returned by the forward
  Recomputed,  ///< a forward value made again in the backward
  Gradient,    ///< returned by the backward
};

/// One call of the forward or the backward, in program order.
struct MemoryStep {
  std::string name;
  bool inBackward = false;
  std::int64_t bytes = 0;  ///< alive while the call runs
};

/// One allocation, alive from `firstStep` to `lastStep`, both included.
struct MemoryRange {
  std::string name;  ///< the first value in it
  MemoryKind kind = MemoryKind::Temporary;
  std::int64_t bytes = 0;
  int firstStep = 0;
  int lastStep = 0;
};

struct MemoryTimeline {
  std::vector<MemoryStep> steps;    ///< the forward's calls, then the backward's
  std::vector<MemoryRange> ranges;  ///< in the order of allocation
  int forwardSteps = 0;
  int peakStep = -1;  ///< the first step with the most bytes; -1: no step
  std::int64_t forwardPeak = 0;
  std::int64_t betweenBytes = 0;  ///< saved values and outputs, between the halves
  std::int64_t backwardPeak = 0;

  std::int64_t peakBytes() const { return forwardPeak > backwardPeak ? forwardPeak : backwardPeak; }
  /// Indices into `ranges` of what is alive at a step, largest first.
  std::vector<int> aliveAt(int step) const;
};

/// Runs both halves call by call. A result that is no view takes its bytes, or those of an operand
/// that dies at an elementwise call; they are freed after the last call that reads the storage;
/// saved values live until their last use in the backward; returned values stay. Graph inputs,
/// parameters and tangents belong to the caller and do not count. Kernels that fuse calls need
/// less.
MemoryTimeline memoryTimeline(const Partition& partition);

}  // namespace core::partition
