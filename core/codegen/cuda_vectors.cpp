// The width of a thread's accesses.
//
// Vectors. 16 bytes of the narrowest values a thread; wider ones then take two accesses.
//
// Ragged rows. Where rows are of an odd length, so that most begin between two vectors, a thread
// takes aligned vectors all the same: the first begins before the row and the last ends behind it,
// and those two are moved element by element.

#include "core/codegen/cuda_vectors.h"

#include <algorithm>

namespace core::codegen {

using schedule::LoopOp;
using schedule::LoopOpKind;

namespace {

constexpr std::int64_t kRaggedVectors = 16;  // of a row that is worth it

bool touchesMemory(const LoopOp& op) {
  return op.kind == LoopOpKind::Load || op.kind == LoopOpKind::Store;
}

/// Whether gather terms differ from lane to lane.
bool gathersByLane(const CudaPlan& plan, const LoopOp& op) {
  return std::any_of(op.access.indirect.begin(), op.access.indirect.end(), [&](const auto& term) {
    return plan.shape == CudaShape::Columns || plan.kernel.planOf(term.op).isElement;
  });
}

/// Whether the two accesses begin each row at the same place between vectors.
bool startTogether(const CudaPlan& plan, const LoopOp& a, const LoopOp& b, std::int64_t lanes) {
  if (!a.access.indirect.empty() || !b.access.indirect.empty()) return false;
  if ((a.access.offset - b.access.offset) % lanes != 0) return false;
  for (std::size_t axis = 0; axis < plan.kernel.nest.outer.size(); ++axis)
    if ((a.access.strides[axis] - b.access.strides[axis]) % lanes != 0) return false;
  return true;
}

/// Makes vectors of `lanes` if rows are long and the accesses that stream begin together.
void makeRagged(CudaPlan& plan, std::int64_t lanes) {
  const std::int64_t size = plan.kernel.axisSize(plan.kernel.laneAxis());
  if (plan.shape == CudaShape::Columns || plan.kernel.nest.inner.size() != 1) return;
  if (size < kRaggedVectors * lanes) return;
  const int count = static_cast<int>(plan.kernel.ops.size());
  std::vector<bool> best;
  for (int i = 0; i < count; ++i) {
    if (!streams(plan, i)) continue;
    std::vector<bool> follows(plan.kernel.ops.size(), false);
    for (int j = 0; j < count; ++j)
      follows[static_cast<std::size_t>(j)] =
          streams(plan, j) && startTogether(plan, plan.kernel.op(i), plan.kernel.op(j), lanes);
    if (std::count(follows.begin(), follows.end(), true) <=
        std::count(best.begin(), best.end(), true))
      continue;
    plan.raggedBy = i;
    best = follows;
  }
  if (!plan.isRagged()) return;
  plan.follows = std::move(best);
  plan.kernel.lanes = static_cast<int>(lanes);
}

}  // namespace

std::int64_t bytesOf(const CudaPlan& plan, const LoopOp& op) {
  return ir::dtypeBytes(plan.kernel.nest.buffers[static_cast<std::size_t>(op.access.buffer)].dtype);
}

std::int64_t laneStride(const CudaPlan& plan, const LoopOp& op) {
  return op.access.strides[static_cast<std::size_t>(plan.kernel.laneAxis())];
}

bool canPack(const CudaPlan& plan, const LoopOp& op, std::int64_t lanes) {
  if (laneStride(plan, op) != 1 || gathersByLane(plan, op)) return false;
  const std::int64_t unit = std::min(lanes, std::max<std::int64_t>(1, 16 / bytesOf(plan, op)));
  const auto isAligned = [unit](std::int64_t elements) { return elements % unit == 0; };
  for (int axis = 0; axis < plan.kernel.axisCount(); ++axis)
    if (axis != plan.kernel.laneAxis() && plan.kernel.axisSize(axis) > 1 &&
        !isAligned(op.access.strides[static_cast<std::size_t>(axis)]))
      return false;
  return isAligned(op.access.offset) &&
         std::all_of(op.access.indirect.begin(), op.access.indirect.end(),
                     [&](const auto& term) { return isAligned(term.stride); });
}

bool streams(const CudaPlan& plan, int index) {
  const LoopOp& op = plan.kernel.op(index);
  if (!touchesMemory(op)) return false;
  return laneStride(plan, op) == 1;
}

void chooseVector(CudaPlan& plan, const CudaTarget& target) {
  if (!target.hasVectors) return;
  std::int64_t least = 16, most = 1;
  for (int i = 0; i < static_cast<int>(plan.kernel.ops.size()); ++i) {
    if (!streams(plan, i)) continue;
    const std::int64_t bytes = bytesOf(plan, plan.kernel.op(i));
    if (bytes > 1) least = std::min(least, bytes);
    most = std::max(most, bytes);
  }
  std::int64_t lanes = least == 16 ? (most == 1 ? 16 : 1) : 16 / least;
  while (lanes > 1 && lanes * most > 32) lanes /= 2;
  const std::int64_t size = plan.kernel.axisSize(plan.kernel.laneAxis());
  const auto fits = [&](std::int64_t wanted) {
    if (size % wanted != 0) return false;
    for (int i = 0; i < static_cast<int>(plan.kernel.ops.size()); ++i)
      if (streams(plan, i) && !gathersByLane(plan, plan.kernel.op(i)) &&
          !canPack(plan, plan.kernel.op(i), wanted))
        return false;
    return true;
  };
  const std::int64_t wanted = lanes;
  while (lanes > 1 && !fits(lanes)) lanes /= 2;
  plan.kernel.lanes = static_cast<int>(lanes);
  // Rows that begin at different places between vectors have no columns in common.
  if (lanes * 4 <= wanted && !plan.isFolded()) makeRagged(plan, wanted);
}

}  // namespace core::codegen
