#pragma once

// How a nest becomes code: lanes, passes over the inner axes, what is kept from pass to pass, and
// units of parallel work. A KernelPlan decides; the writer only writes.

#include <cstdint>
#include <vector>

#include "core/codegen/simplify_nest.h"

namespace core::codegen {

struct OpPlan {
  bool isElement = false;  ///< computed per inner point; else once per row
  int depth = 0;           ///< reductions it depends on, nested: the first pass that can compute it
  bool isKept = false;     ///< stored for the row by the first pass that computes it
};

/// One sweep over the inner axes.
struct PassPlan {
  std::vector<int> computed;  ///< element-level ops, reductions and stores, in order
  std::vector<int> fetched;   ///< kept by an earlier pass
};

struct KernelPlan {
  schedule::LoopNest nest;
  VectorAxis vectorAxis = VectorAxis::None;
  bool isPointwise = false;
  /// Outer axes, the last ones, that a unit walks; its Accumulates add up over them.
  int folded = 0;
  int lanes = 1;  ///< elements of a vector; 1: scalar code
  std::vector<OpPlan> ops;
  std::vector<PassPlan> passes;
  std::int64_t keptPoints = 0;  ///< vectors (or elements) per kept value
  /// Vectors of columns per unit. Above 1, the unit walks rows chunk by chunk over all its columns.
  std::int64_t panel = 1;
  /// Elements of the inner axis per unit, if it is split over units; 0: it is not.
  std::int64_t block = 0;
  std::int64_t units = 1;
  std::int64_t grain = 1;
  std::vector<bool> streamed;  ///< one per buffer

  const schedule::LoopOp& op(int index) const { return nest.ops[static_cast<std::size_t>(index)]; }
  const OpPlan& planOf(int index) const { return ops[static_cast<std::size_t>(index)]; }
  /// Whether the value is a vector in the code.
  bool isVector(int index) const;
  /// Outer axes whose positions are units of work.
  int unitAxes() const { return static_cast<int>(nest.outer.size()) - folded; }
  int axisCount() const { return static_cast<int>(nest.outer.size() + nest.inner.size()); }
  /// Whether the buffer is written past the caches.
  bool isStreamed(int buffer) const { return streamed[static_cast<std::size_t>(buffer)]; }
  /// The axis that the lanes lie along; -1: none.
  int laneAxis() const;
  std::int64_t axisSize(int axis) const;
};

KernelPlan planKernel(const schedule::LoopNest& nest);

/// Fills `ops`: which ops are at element level, and their depths.
void findLevels(KernelPlan& plan);
/// Fills `passes` and what is kept for a row, `keepBytes` at most; wants levels, `lanes` and
/// `keptPoints`.
void planPasses(KernelPlan& plan, std::int64_t keepBytes);
/// Whether some op loads from the buffer.
bool isRead(const schedule::LoopNest& nest, int buffer);

}  // namespace core::codegen
