#pragma once

// The memory that a forward and its backward need at once, by a simulation of lifetimes.

#include <cstdint>

#include "core/partition/partition.h"

namespace core::partition {

struct PeakMemory {
  std::int64_t forward = 0;   ///< most bytes alive during the forward
  std::int64_t between = 0;   ///< saved values and outputs, between the halves
  std::int64_t backward = 0;  ///< most bytes alive during the backward

  std::int64_t total() const { return forward > backward ? forward : backward; }
};

/// Runs both graphs call by call: a result that is no view takes its bytes, which are freed after
/// the last call that reads its storage; saved values live until their last use in the backward;
/// returned values stay. Graph inputs and tangents belong to the caller and do not count. Kernels
/// that fuse calls need less.
PeakMemory simulatePeakMemory(const ir::Graph& forward, const ir::Graph& backward,
                              std::size_t numSaved);

}  // namespace core::partition
