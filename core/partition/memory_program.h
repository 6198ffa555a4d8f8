#pragma once

// The memory of a forward and its backward, as flat lists: what each step allocates and when it is
// freed. Hundreds of plans are simulated to find a good one, so nothing here copies a graph.

#include <cstdint>
#include <vector>

#include "core/partition/split_halves.h"

namespace core::partition {

/// Whether an elementwise call may write into the memory of an operand that dies there.
enum class InPlaceReuse { No, Yes };

/// One allocation. Memory of the caller (inputs, parameters, tangents) has none.
struct MemoryPiece {
  static constexpr int kToTheEnd = INT32_MAX;

  ir::NodeId value;  ///< the first value in it: of the half that allocates it
  std::int64_t bytes = 0;
  int firstStep = 0;
  int lastStep = 0;    ///< the last step that touches it; it is freed after that
  bool saved = false;  ///< handed from the forward to the backward
};

/// Steps are the forward's calls in order, then the backward's.
struct MemoryProgram {
  int forwardSteps = 0;
  int backwardSteps = 0;
  std::vector<MemoryPiece> pieces;

  /// Bytes held during each step, and the most of them. Between the halves: what is held when the
  /// forward is over.
  std::vector<std::int64_t> bytesByStep() const;
  std::int64_t peak() const;
  std::int64_t between() const;
};

/// The memory of a plan. Values are nodes of the joint graph.
MemoryProgram memoryProgram(const JointProblem& problem, const SplitPlan& plan,
                            InPlaceReuse reuse = InPlaceReuse::Yes);

/// The memory of two halves; the last `numSaved` outputs of the forward are the backward's inputs
/// of the same names. Values are nodes of the half that allocates them.
MemoryProgram memoryProgram(const ir::Graph& forward, const ir::Graph& backward,
                            std::size_t numSaved, InPlaceReuse reuse = InPlaceReuse::Yes);

}  // namespace core::partition
