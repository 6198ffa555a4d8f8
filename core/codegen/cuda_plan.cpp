// The rules, each from measurements on an H200 with bf16:
//
// Vectors: see cuda_vectors.cpp.
//
// Points. Blocks of 256 threads with one vector each, as many blocks as it takes: a persistent grid
// and cache hints lose. Where a vector is narrower than 16 bytes, a thread takes several, so that
// as many bytes are on their way.
//
// Rows. A row is held in registers, about four vectors a thread and up to what kHeldRegisters
// allow, so that it is read once however many passes there are. Longer rows are held in shared
// memory, where each thread finds what it put there itself; still longer ones are read again. Short
// rows share a block, and rows of up to a warp's threads need no barrier. Rows that are not held in
// registers sum their exponentials in the pass that finds the maximum, and find a variance in the
// pass that finds the mean; so do columns.
//
// Columns. Warps lie along the columns, eight threads go down each and meet in shared memory, or
// thirty-two where there are few columns that are short: one launch is then all it takes.
//
// Slots of rows. A block whose columns are summed beside walks the rows of its slot with the sums
// in registers. It loads each row while it computes the one before, and what all rows share once.
//
// Splits. Where rows are few and long, several blocks share one. Each pass is then a launch; blocks
// leave their part of each reduction in the workspace, and the next launch begins by combining the
// parts, every block on its own. The order is fixed, so results are the same in every run.

#include "core/codegen/cuda_plan.h"

#include <algorithm>
#include <cmath>

#include "core/codegen/cuda_one_hot.h"
#include "core/codegen/cuda_online.h"
#include "core/codegen/cuda_variance.h"
#include "core/codegen/cuda_vectors.h"

namespace core::codegen {
namespace {

using schedule::BufferAccess;
using schedule::LoopNest;
using schedule::LoopOp;
using schedule::LoopOpKind;

constexpr int kThreads = 256;
constexpr int kWarp = 32;
constexpr int kVectorsOfThread = 4;
constexpr int kMostThreadsOfRow = 1024;
constexpr std::int64_t kHeldRegisters = 64;  // a thread's, for what it has read
constexpr std::int64_t kKeptRegisters = 64;  // a thread's, for what it has computed
constexpr std::int64_t kWalkRegisters = 96;  // a thread's that walks rows, for all that it holds
// Of the 65,536 registers of a multiprocessor, what one block may take for each of the two.
constexpr std::int64_t kHeldOfBlock = 24 * 1024;
constexpr std::int64_t kKeptOfBlock = 16 * 1024;
constexpr std::int64_t kMostIndex = (std::int64_t{1} << 31) - (std::int64_t{1} << 20);
constexpr std::int64_t kSplitSteps = 32;           // that a thread of a split row has at least
constexpr std::int64_t kStepsOfPart = 8;           // down a column that cost what a part does
constexpr std::int64_t kShortColumn = 1024;        // that one block of more threads goes down
constexpr std::int64_t kStaticShared = 40 * 1024;  // for the parts of reductions of a block

std::int64_t product(const std::vector<std::int64_t>& values) {
  std::int64_t result = 1;
  for (const std::int64_t value : values) result *= value;
  return result;
}

std::int64_t ceilDivide(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

int powerOfTwoFrom(std::int64_t value) {
  int power = 1;
  while (power < value) power *= 2;
  return power;
}

bool touchesMemory(const LoopOp& op) {
  return op.kind == LoopOpKind::Load || op.kind == LoopOpKind::Store;
}

bool isInPlace(const LoopNest& nest) {
  for (int i = 0; i < static_cast<int>(nest.buffers.size()); ++i)
    if (nest.buffers[static_cast<std::size_t>(i)].access == BufferAccess::Write && isRead(nest, i))
      return true;
  return false;
}

/// Passes that compute each op.
std::vector<int> usesByPasses(const KernelPlan& kernel) {
  std::vector<int> uses(kernel.ops.size(), 0);
  for (const PassPlan& pass : kernel.passes)
    for (const int op : pass.computed) ++uses[static_cast<std::size_t>(op)];
  return uses;
}

/// 32-bit registers of one vector of the load.
std::int64_t registersOf(const CudaPlan& plan, int index) {
  return std::max<std::int64_t>(1, plan.lanes() * bytesOf(plan, plan.kernel.op(index)) / 4);
}

/// Loads that a thread may hold: those that differ from row to row, or are read by several passes.
std::vector<int> holdable(const CudaPlan& plan) {
  const std::vector<int> uses = usesByPasses(plan.kernel);
  std::vector<int> loads;
  for (int i = 0; i < static_cast<int>(plan.kernel.ops.size()); ++i) {
    const LoopOp& op = plan.kernel.op(i);
    if (op.kind != LoopOpKind::Load || !plan.kernel.planOf(i).isElement) continue;
    if (uses[static_cast<std::size_t>(i)] == 0 || laneStride(plan, op) == 0) continue;
    if (std::any_of(op.access.indirect.begin(), op.access.indirect.end(),
                    [&](const auto& term) { return plan.kernel.planOf(term.op).isElement; }))
      continue;
    const auto outer = static_cast<std::ptrdiff_t>(plan.kernel.nest.outer.size());
    const auto& strides = op.access.strides;
    const bool isOfRow = std::any_of(strides.begin(), strides.begin() + outer,
                                     [](std::int64_t stride) { return stride != 0; });
    // A load whose place depends on a reduction cannot be made before it.
    const bool isEarly = plan.kernel.planOf(i).depth == 0;
    if (isEarly &&
        (isOfRow || uses[static_cast<std::size_t>(i)] > 1 || !op.access.indirect.empty()))
      loads.push_back(i);
  }
  return loads;
}

void hold(CudaPlan& plan, const std::vector<int>& loads) {
  for (const int load : loads) plan.resident[static_cast<std::size_t>(load)] = true;
}

/// What a thread that walks rows holds beside its row: loads of all rows alike, the next row, sums.
void planWalk(CudaPlan& plan, const CudaTarget& target) {
  plan.hoisted.assign(plan.kernel.ops.size(), false);
  plan.ahead.assign(plan.kernel.ops.size(), false);
  if (!plan.isFolded() || plan.residence != Residence::Registers) return;
  const auto first = static_cast<std::ptrdiff_t>(plan.kernel.unitAxes());
  const auto end = static_cast<std::ptrdiff_t>(plan.kernel.nest.outer.size());
  std::int64_t registers = 0;
  for (int i = 0; i < static_cast<int>(plan.kernel.ops.size()); ++i) {
    const LoopOp& op = plan.kernel.op(i);
    const auto at = static_cast<std::size_t>(i);
    if (op.kind == LoopOpKind::Accumulate) registers += plan.lanes();
    const bool isEarly = plan.kernel.planOf(i).isElement && plan.kernel.planOf(i).depth == 0;
    if (op.kind != LoopOpKind::Load || !isEarly || !op.access.indirect.empty()) continue;
    if (laneStride(plan, op) == 0) continue;
    const auto& strides = op.access.strides;
    const bool isOfRow = std::any_of(strides.begin() + first, strides.begin() + end,
                                     [](std::int64_t stride) { return stride != 0; });
    plan.hoisted[at] = !isOfRow;
    plan.ahead[at] = isOfRow && plan.resident[at];
    registers += registersOf(plan, i) * (plan.resident[at] && isOfRow ? 2 : 1);
  }
  if (!target.loadsAhead || plan.count * registers > kWalkRegisters)
    plan.ahead.assign(plan.kernel.ops.size(), false);
  for (std::size_t i = 0; i < plan.hoisted.size(); ++i)
    if (plan.hoisted[i]) plan.resident[i] = true;
}

/// Threads of a row, vectors of each, and where the row is held.
void divideRow(CudaPlan& plan, const CudaTarget& target) {
  const std::int64_t steps = plan.steps();
  std::vector<int> loads = holdable(plan);
  std::int64_t held = 0, bytes = 0;
  for (const int load : loads) {
    held += registersOf(plan, load);
    bytes += plan.lanes() * bytesOf(plan, plan.kernel.op(load));
  }
  const int vectors = plan.isFolded() ? target.walkVectors : target.rowVectors;
  int threads = powerOfTwoFrom(ceilDivide(steps, vectors));
  threads = std::max(threads, std::min(8, powerOfTwoFrom(steps)));
  const auto fits = [&](std::int64_t count) {
    return count * std::max<std::int64_t>(1, held) <=
           std::min(kHeldRegisters, kHeldOfBlock / threads);
  };
  while (threads <= kMostThreadsOfRow && !fits(ceilDivide(steps, threads))) threads *= 2;
  if (threads <= kMostThreadsOfRow && steps > 0) {
    plan.residence = Residence::Registers;
    plan.count = static_cast<int>(ceilDivide(steps, threads));
    hold(plan, loads);
  } else {
    const std::vector<int> uses = usesByPasses(plan.kernel);
    std::erase_if(loads, [&](int load) { return uses[static_cast<std::size_t>(load)] < 2; });
    threads = target.longRowThreads;
    bytes = 0;
    for (const int load : loads)
      bytes += ceilDivide(steps * plan.lanes() * bytesOf(plan, plan.kernel.op(load)), 16) * 16;
    if (!loads.empty() && bytes <= target.blockShared - 4096) {
      plan.residence = Residence::Shared;
      plan.sharedBytes = bytes;
      hold(plan, loads);
    }
  }
  plan.threads = threads;
  plan.groups = threads <= kWarp ? std::max(1, kThreads / 2 / threads) : 1;
}

/// Blocks that share a row, if there are too few rows for the device.
void splitRows(CudaPlan& plan, const CudaTarget& target) {
  const std::int64_t rows = plan.rowCount();
  if (rows == 0 || plan.isFolded() || isInPlace(plan.kernel.nest)) return;
  const bool isColumns = plan.shape == CudaShape::Columns;
  if (isColumns && plan.innerPoints() <= kShortColumn) return;
  const std::int64_t blocks = isColumns ? ceilDivide(plan.strips(), plan.threads) *
                                              (rows / plan.kernel.axisSize(plan.kernel.laneAxis()))
                                        : rows;
  if (blocks >= target.multiprocessors) return;
  std::int64_t wanted = ceilDivide(4 * target.multiprocessors, blocks);
  if (isColumns) {
    // Every block combines the parts of all, which is to cost less than reading its own columns.
    const auto few = static_cast<std::int64_t>(std::sqrt(plan.steps() / kStepsOfPart));
    wanted = std::min(wanted, std::max(few, ceilDivide(target.multiprocessors, blocks)));
  }
  const std::int64_t threads = isColumns ? plan.groups : kThreads;
  const std::int64_t possible = plan.steps() / (threads * (isColumns ? 4 : kSplitSteps / 4));
  const std::int64_t splits = std::min(wanted, possible);
  if (splits < 2) return;
  plan.splits = splits;
  if (isColumns) return;
  plan.threads = kThreads;
  plan.groups = 1;
  plan.count = 0;
  plan.residence = Residence::None;
  plan.sharedBytes = 0;
  plan.resident.assign(plan.kernel.ops.size(), false);
}

/// Threads along and down the columns; narrower vectors where the parts of the reductions would
/// not fit into shared memory.
void divideColumns(CudaPlan& plan, const CudaTarget& target) {
  std::int64_t bytes = 0;
  for (const LoopOp& op : plan.kernel.nest.ops)
    if (op.kind == LoopOpKind::Reduce) bytes += std::max<std::int64_t>(4, ir::dtypeBytes(op.dtype));
  const bool isSmall = plan.innerPoints() <= kShortColumn &&
                       plan.rowCount() < std::int64_t{kThreads} * target.multiprocessors;
  const int block = isSmall ? kMostThreadsOfRow : kThreads;
  while (plan.kernel.lanes > 1 && bytes * block * plan.kernel.lanes > kStaticShared)
    plan.kernel.lanes /= 2;
  plan.threads = std::min(kWarp, powerOfTwoFrom(plan.strips()));
  plan.groups = block / plan.threads;
  while (plan.groups > 1 &&
         (plan.groups / 2 >= plan.innerPoints() ||
          bytes * plan.threads * plan.groups * plan.kernel.lanes > kStaticShared))
    plan.groups /= 2;
}

/// Vectors of a thread that moves points.
void dividePoints(CudaPlan& plan, const CudaTarget& target) {
  std::int64_t widest = 1;
  for (int i = 0; i < static_cast<int>(plan.kernel.ops.size()); ++i)
    if (streams(plan, i))
      widest = std::max(widest, bytesOf(plan, plan.kernel.op(i)) * plan.lanes());
  plan.count = 1;
  const std::int64_t vectors = plan.rowCount() * plan.steps();
  while (plan.count < kVectorsOfThread && widest * plan.count * 2 <= 16 &&
         vectors >= std::int64_t{8} * plan.count * kThreads * target.multiprocessors)
    plan.count *= 2;
  plan.residence = Residence::Registers;
  if (plan.count > 1) hold(plan, holdable(plan));
}

/// An op is coarse if every way from it ends in a store of, or a rounding to, half precision, or in
/// a sum over many rows beside such a store.
void findCoarse(CudaPlan& plan) {
  const auto isHalf = [](ir::DType dtype) {
    return dtype == ir::DType::BF16 || dtype == ir::DType::F16;
  };
  const bool hasHalves =
      std::any_of(plan.kernel.nest.ops.begin(), plan.kernel.nest.ops.end(), [&](const LoopOp& op) {
        return op.kind == LoopOpKind::Store &&
               isHalf(plan.kernel.nest.buffers[static_cast<std::size_t>(op.access.buffer)].dtype);
      });
  plan.coarse.assign(plan.kernel.ops.size(), true);
  for (int i = static_cast<int>(plan.kernel.ops.size()) - 1; i >= 0; --i) {
    const LoopOp& op = plan.kernel.op(i);
    bool swallows = plan.coarse[static_cast<std::size_t>(i)];
    if (op.kind == LoopOpKind::Accumulate) swallows = hasHalves;
    if (op.kind == LoopOpKind::Store)
      swallows = isHalf(plan.kernel.nest.buffers[static_cast<std::size_t>(op.access.buffer)].dtype);
    if (op.kind == LoopOpKind::Compute && op.fn == schedule::ScalarFn::Cast && isHalf(op.dtype))
      swallows = true;
    if (!swallows)
      for (const int operand : op.operands) plan.coarse[static_cast<std::size_t>(operand)] = false;
    for (const auto& term : op.access.indirect)
      plan.coarse[static_cast<std::size_t>(term.op)] = false;
  }
}

void chooseIndexWidth(CudaPlan& plan) {
  plan.wideIndex = plan.rowCount() * std::max<std::int64_t>(1, plan.innerPoints()) > kMostIndex;
  for (const schedule::KernelBuffer& buffer : plan.kernel.nest.buffers)
    plan.wideIndex = plan.wideIndex || buffer.extent > kMostIndex;
}

/// A single point becomes an inner axis of one.
void ensureInnerAxis(LoopNest& nest) {
  if (!nest.inner.empty()) return;
  nest.inner.push_back(1);
  for (LoopOp& op : nest.ops)
    if (touchesMemory(op)) op.access.strides.push_back(0);
}

}  // namespace

bool CudaPlan::isPacked(int index) const {
  const LoopOp& op = kernel.op(index);
  if (lanes() == 1 || (shape != CudaShape::Columns && !kernel.planOf(index).isElement))
    return false;
  if (isRagged()) return follows[static_cast<std::size_t>(index)];
  return canPack(*this, op, lanes());
}

std::int64_t CudaPlan::rowCount() const {
  return product(kernel.nest.outer);
}

std::int64_t CudaPlan::rowsOfUnit() const {
  const auto& outer = kernel.nest.outer;
  return product({outer.begin() + kernel.unitAxes(), outer.end()});
}

std::int64_t CudaPlan::innerPoints() const {
  return product(kernel.nest.inner);
}

std::int64_t CudaPlan::steps() const {
  if (isRagged()) return (innerPoints() + 2 * lanes() - 2) / lanes();
  return shape == CudaShape::Columns ? innerPoints() : innerPoints() / lanes();
}

std::int64_t CudaPlan::strips() const {
  return kernel.axisSize(kernel.laneAxis()) / lanes();
}

std::vector<std::string> CudaPlan::notes() const {
  std::vector<std::string> result;
  const std::string vector =
      lanes() == 1 ? "one element" : std::to_string(lanes()) + " elements side by side";
  switch (shape) {
    case CudaShape::Points:
      result.push_back(std::to_string(threads) + " threads a block, each " + std::to_string(count) +
                       " times " + vector);
      break;
    case CudaShape::Rows:
      result.push_back(std::to_string(threads) + " threads a row of " +
                       std::to_string(innerPoints()) + " elements, " + std::to_string(groups) +
                       " rows a block, " + vector + " at a time");
      break;
    case CudaShape::Columns:
      result.push_back("columns of " + std::to_string(innerPoints()) + " elements, " +
                       std::to_string(groups) + " threads down each, " + vector + " a thread");
      break;
  }
  if (shape == CudaShape::Rows && residence == Residence::Registers)
    result.push_back("each row is held in registers, " + std::to_string(count) +
                     " vectors a thread");
  if (residence == Residence::Shared)
    result.push_back("each row is held in " + std::to_string(sharedBytes) +
                     " bytes of shared memory");
  if (isFolded())
    result.push_back("a block walks " + std::to_string(rowsOfUnit()) +
                     " rows and adds their columns up");
  if (splits > 1)
    result.push_back(std::to_string(splits) +
                     " blocks share each row; their parts are combined in a fixed order");
  if (isRagged())
    result.push_back("rows begin between vectors: their ends are moved element by element");
  if (wideIndex) result.push_back("positions have 64 bits");
  return result;
}

namespace {

/// With `online`, sums of exponentials are made along with the maximum.
CudaPlan planOnce(const LoopNest& nest, const CudaTarget& target, bool online) {
  SimplifiedNest simplified = simplifyNest(nest);
  CudaPlan plan;
  KernelPlan& kernel = plan.kernel;
  kernel.nest = std::move(simplified.nest);
  ensureInnerAxis(kernel.nest);
  kernel.isPointwise = simplified.isPointwise;
  kernel.folded = simplified.folded;
  const bool isColumns = simplified.vectorAxis == VectorAxis::Outer;
  kernel.vectorAxis = isColumns ? VectorAxis::Outer : VectorAxis::Inner;
  plan.shape = kernel.isPointwise ? CudaShape::Points
               : isColumns        ? CudaShape::Columns
                                  : CudaShape::Rows;
  plan.online.assign(kernel.nest.ops.size(), false);
  if (online) plan.online = makeSumsOnline(kernel.nest);
  findLevels(kernel);
  plan.resident.assign(kernel.ops.size(), false);
  chooseVector(plan, target);
  kernel.keptPoints = 1;
  planPasses(kernel, 0);
  if (kernel.passes.empty()) kernel.passes.emplace_back();
  if (plan.shape == CudaShape::Points) dividePoints(plan, target);
  if (plan.shape == CudaShape::Columns) divideColumns(plan, target);
  if (plan.shape == CudaShape::Rows) divideRow(plan, target);
  if (plan.shape != CudaShape::Points) splitRows(plan, target);
  if (plan.shape == CudaShape::Rows && plan.residence == Residence::Registers) {
    kernel.keptPoints = plan.count;
    const std::int64_t most = plan.isFolded() ? kKeptRegisters / 2 : kKeptRegisters;
    planPasses(kernel, 4 * std::min(most, kKeptOfBlock / plan.threads));
  }
  planWalk(plan, target);
  chooseIndexWidth(plan);
  findCoarse(plan);
  return plan;
}

}  // namespace

CudaPlan planCudaKernel(const LoopNest& original, const CudaTarget& target) {
  const LoopNest nest = withOneHotSums(original);
  CudaPlan plan = planOnce(nest, target, false);
  if (plan.shape == CudaShape::Points || plan.residence == Residence::Registers) return plan;
  // Each sweep is made from memory: fewer of them are worth more arithmetic.
  const bool isRow = plan.shape == CudaShape::Rows && plan.splits == 1;
  CudaPlan fewer = planOnce(withVariancesInOneSweep(nest), target, isRow);
  return fewer.shape == plan.shape && fewer.lanes() == plan.lanes() ? fewer : plan;
}

}  // namespace core::codegen
