#pragma once

// What runs, in order: generated kernels and extern calls over planned buffers.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/ir/graph.h"
#include "core/schedule/loop_nest.h"

namespace core::schedule {

enum class BufferKind {
  GraphInput,  ///< bound by the caller: `input` is the placeholder's position
  Arena,       ///< a fixed place in the step's arena
  External,    ///< allocated by the call that makes it or for its kernel, let go after its last use
  /// Kept by the caller. Written by a kernel: allocated afresh each run. Written by an extern call:
  /// allocated by that call.
  GraphOutput,
};

struct Buffer {
  std::string name;
  ir::DType dtype = ir::DType::F32;
  BufferKind kind = BufferKind::Arena;
  std::int64_t bytes = 0;
  int input = -1;
  std::int64_t arenaOffset = 0;  ///< bytes, a multiple of 64
  int firstStep = -1;            ///< the step that writes it; -1 for inputs
  int lastStep = -1;             ///< the last step that reads it
  int inPlaceOf = -1;  ///< the buffer that dies in firstStep and whose bytes it takes over
};

/// A value as a strided view of a buffer. Views of extern results trust the strides that the graph
/// records for the result: a runner copies a result that comes out laid out differently.
struct BufferView {
  int buffer = -1;
  ir::TensorMeta meta;
  std::int64_t offset = 0;  ///< in elements
};

/// Nodes that became one kernel.
struct FusionGroup {
  LoopNest nest;
  std::vector<ir::NodeId> nodes;     ///< of the scheduled graph, in its order
  std::vector<BufferView> buffers;   ///< the arguments, one per nest.buffers entry
  std::vector<std::string> reasons;  ///< why these were fused, one sentence each
};

/// Why two neighbours are not in one kernel.
struct FusionRefusal {
  ir::NodeId producer;
  ir::NodeId consumer;
  std::string rule;  ///< "extern", "different domain", "too many operations" ...
  std::string sentence;
};

struct KernelStep {
  int group = -1;  ///< index into Schedule::groups
};

/// A call of the operator in LibTorch. Tensor arguments are the places of the argument nodes;
/// symbolic scalars are their hints.
struct ExternStep {
  ir::NodeId node;
  /// One per tensor result that is used (getitem order for tuples); absent: the result is unused.
  std::vector<std::optional<int>> results;  ///< buffers
  std::string reason;                       ///< why no kernel was generated
};

/// `copy_` of a value into a graph input: the mutations that stay in the graph.
struct CopyStep {
  ir::NodeId node;
  BufferView destination;
  BufferView source;
};

using Step = std::variant<KernelStep, ExternStep, CopyStep>;

struct Schedule {
  ir::GraphPtr graph;  ///< the graph that is scheduled (after decomposition)
  std::vector<Buffer> buffers;
  /// Where each node's tensor lies, by NodeId; empty for values that are never in memory, and for
  /// tuples (their elements are the places of the getitem nodes).
  std::vector<std::optional<BufferView>> places;
  std::vector<FusionGroup> groups;
  std::vector<Step> steps;
  std::vector<FusionRefusal> refusals;
  std::int64_t arenaBytes = 0;
  std::int64_t peakBytes = 0;  ///< the arena, and the external and output buffers alive at once
};

}  // namespace core::schedule
