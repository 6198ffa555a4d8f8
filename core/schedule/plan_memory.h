#pragma once

// When each buffer lives and where it lies.

#include "core/schedule/schedule.h"

namespace core::schedule {

/// The buffers that a step reads and writes, each once, in the order of its arguments.
struct StepBuffers {
  std::vector<int> reads;
  std::vector<int> writes;
};
StepBuffers buffersOf(const Schedule& schedule, const Step& step);

/// Fills firstStep and lastStep of every buffer from the order of the steps. What the graph returns
/// lives to the end.
void computeLifetimes(Schedule& schedule);

/// Where the values between kernels lie.
enum class MemoryPolicy {
  /// Small ones in the arena; large ones are allocated when they are written, so that at no time
  /// there is more memory than values that live then.
  LargeOnDemand,
  OneArena,  ///< all in the arena: no address ever changes
};

/// Gives every arena buffer its offset and fills arenaBytes. A kernel writes in place of an input
/// that dies with it where that is legal. Checks the result: no two buffers that live at once may
/// overlap. Needs the final order of the steps.
void planMemory(Schedule& schedule, MemoryPolicy policy);

/// The arena's bytes plus the most bytes of external and output buffers that live at once.
std::int64_t peakBytesOf(const Schedule& schedule);

/// Throws InternalError if two arena buffers that live at the same time overlap, lie outside of the
/// arena or are not aligned to 64 bytes.
void checkMemoryPlan(const Schedule& schedule);

}  // namespace core::schedule
