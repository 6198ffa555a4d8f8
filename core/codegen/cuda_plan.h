#pragma once

// How a nest becomes threads: which axis lies across them, how many elements a thread moves at
// once, what it holds in registers, and how the launches divide the work. A CudaPlan decides; the
// writer only writes.

#include <cstdint>
#include <string>
#include <vector>

#include "core/codegen/cuda_target.h"
#include "core/codegen/kernel_plan.h"

namespace core::codegen {

enum class CudaShape {
  Points,   ///< no reduction: threads lie along all points
  Rows,     ///< threads lie along a row and reduce it together
  Columns,  ///< threads lie along the rows' own axis, several down each column
};

/// Where a thread holds what it has read of its row, so that later passes need not read again.
enum class Residence { None, Registers, Shared };

struct CudaPlan {
  KernelPlan kernel;  ///< `lanes`: elements along the lane axis that a thread takes side by side
  CudaShape shape = CudaShape::Points;
  /// blockDim.x: of a block (Points), of a row (Rows), side by side along the columns (Columns).
  int threads = 256;
  /// blockDim.y: rows of a block (Rows), threads down a column (Columns).
  int groups = 1;
  /// Vectors of a thread that are unrolled and held in registers; 0: a loop.
  int count = 0;
  Residence residence = Residence::None;
  std::vector<bool> resident;  ///< by op: a load that is made once and held
  /// By op: nothing but half precision comes of it, so that functions may be a little less exact.
  std::vector<bool> coarse;
  /// Rows begin anywhere between two vectors: an access, whose vectors are aligned when they begin
  /// up to `lanes - 1` elements before the row, and which accesses begin with it; -1: no.
  int raggedBy = -1;
  std::vector<bool> follows;
  /// By op: a sum of exponentials that is made along with the maximum (see cuda_online.h).
  std::vector<bool> online;
  /// By op, where a block walks the rows of a slot (KernelPlan::folded): loads of all rows alike,
  /// made once and held; and loads of the next row, made while the row at hand is computed.
  std::vector<bool> hoisted, ahead;
  std::int64_t splits = 1;  ///< blocks that share one row, or one strip of columns
  bool wideIndex = false;   ///< positions need 64 bits
  std::int64_t sharedBytes = 0;

  int lanes() const { return kernel.lanes; }
  bool isRagged() const { return raggedBy >= 0; }
  bool isResident(int op) const { return resident[static_cast<std::size_t>(op)]; }
  bool isHoisted(int op) const { return hoisted[static_cast<std::size_t>(op)]; }
  bool isAhead(int op) const { return ahead[static_cast<std::size_t>(op)]; }
  bool isOnline(int op) const { return online[static_cast<std::size_t>(op)]; }
  /// Whether the variable is an array with an element for each of the thread's columns.
  bool isPerColumn(int op) const {
    return shape == CudaShape::Columns && !kernel.planOf(op).isElement;
  }
  /// Whether the buffer access `op` moves `lanes` neighbours as one.
  bool isPacked(int op) const;
  std::int64_t rowCount() const;    ///< product of the outer axes
  std::int64_t rowsOfUnit() const;  ///< that a block walks: product of the folded axes
  std::int64_t unitCount() const { return rowsOfUnit() ? rowCount() / rowsOfUnit() : 0; }
  bool isFolded() const { return kernel.folded > 0; }
  std::int64_t innerPoints() const;  ///< product of the inner axes
  /// Steps along a row (vectors) or down a column (inner points).
  std::int64_t steps() const;
  /// Vectors along the outer lane axis (Columns).
  std::int64_t strips() const;
  std::vector<std::string> notes() const;
};

/// Plans `nest` for `target`.
CudaPlan planCudaKernel(const schedule::LoopNest& nest, const CudaTarget& target);

}  // namespace core::codegen
