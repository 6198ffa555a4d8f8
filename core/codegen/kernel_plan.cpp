// Passes. A value that depends on k nested reductions over the row exists only after k sweeps, so
// the sweeps are numbered by that depth: softmax is max (pass 0), exp and sum (pass 1), divide and
// store (pass 2). What a later pass needs of an earlier one is computed again if that is cheap, or
// else kept in an array on the stack, one row long, if the row fits there.
//
// Lanes. 16 is one register of floats on a CPU with 512 bits. Short bodies take 32 or 64: two or
// four independent chains hide the latency of additions. Long bodies and functions do not: they
// would spill.
//
// Panels. Columns that are far apart in memory row by row touch a new page for each row; a unit
// then takes many columns and goes down all of them a few rows at a time.
//
// Streaming. A result that is larger than a core's share of the caches is gone from them before its
// reader comes, so it is written past them, which saves reading each line before it is written.
//
// Column sums beside rows. A unit that accumulates walks all rows of its slot, and keeps the sums
// of their columns in an array one row long.
//
// Units are rows, slots of rows, panels of columns, or blocks of a long single axis. Nothing
// depends on how many threads there are, so results do not either.

#include "core/codegen/kernel_plan.h"

#include <algorithm>
#include <set>

#include "core/codegen/op_cost.h"

namespace core::codegen {
namespace {

using schedule::LoopNest;
using schedule::LoopOp;
using schedule::LoopOpKind;

constexpr int kRecomputeLimit = 7;               // cost up to which recomputing wins
constexpr std::int64_t kKeepBytes = 256 * 1024;  // stack for kept rows
constexpr std::int64_t kBlockElements = 4096;    // of a split inner axis
constexpr std::int64_t kGrainCost = 32 * 1024;   // additions that pay for a thread
constexpr std::int64_t kStreamBytes = 16 * 1024 * 1024;
constexpr std::int64_t kPanelColumns = 512;
constexpr std::int64_t kPanelRows = 128;  // that make a panel worth while
constexpr int kRegisters = 20;            // vectors that may be alive at once

/// Calls `visit` with each op whose value `op` reads.
template <typename Visit>
void forEachSource(const LoopOp& op, Visit&& visit) {
  for (const int operand : op.operands) visit(operand);
  for (const auto& term : op.access.indirect) visit(term.op);
}

class PassPlanner {
 public:
  PassPlanner(KernelPlan& plan, std::int64_t keepBytes) : m_plan(plan), m_keepBytes(keepBytes) {}

  void run() {
    const std::vector<std::vector<int>> roots = rootsOfPasses();
    m_firstPass.assign(m_plan.ops.size(), -1);
    for (std::size_t pass = 0; pass < roots.size(); ++pass) {
      m_computed.clear();
      m_fetched.clear();
      for (const int root : roots[pass]) need(root, static_cast<int>(pass));
      for (const int op : m_computed)
        if (at(op) < 0) at(op) = static_cast<int>(pass);
      m_plan.passes.push_back(
          {{m_computed.begin(), m_computed.end()}, {m_fetched.begin(), m_fetched.end()}});
    }
  }

 private:
  int& at(int op) { return m_firstPass[static_cast<std::size_t>(op)]; }

  /// Reductions, element-level stores and accumulations, by the pass that does them. A store into a
  /// buffer that is also read waits for the last pass, so that no pass reads what an earlier one
  /// wrote.
  std::vector<std::vector<int>> rootsOfPasses() const {
    std::vector<std::vector<int>> roots;
    std::vector<int> late;
    for (int i = 0; i < static_cast<int>(m_plan.ops.size()); ++i) {
      const LoopOp& op = m_plan.op(i);
      const bool isStore = op.kind == LoopOpKind::Accumulate ||
                           (op.kind == LoopOpKind::Store && m_plan.planOf(i).isElement);
      if (op.kind != LoopOpKind::Reduce && !isStore) continue;
      if (isStore && isRead(m_plan.nest, op.access.buffer)) {
        late.push_back(i);
        continue;
      }
      const int pass = m_plan.planOf(i).depth - (op.kind == LoopOpKind::Reduce ? 1 : 0);
      addRoot(roots, pass, i);
    }
    for (const int store : late)
      addRoot(roots, std::max(m_plan.planOf(store).depth, static_cast<int>(roots.size()) - 1),
              store);
    return roots;
  }

  static void addRoot(std::vector<std::vector<int>>& roots, int pass, int op) {
    if (pass >= static_cast<int>(roots.size())) roots.resize(static_cast<std::size_t>(pass) + 1);
    roots[static_cast<std::size_t>(pass)].push_back(op);
  }

  void need(int index, int pass) {
    if (m_computed.count(index) || m_fetched.count(index)) return;
    if (at(index) >= 0 && at(index) < pass && keep(index)) {
      m_fetched.insert(index);
      return;
    }
    m_computed.insert(index);
    forEachSource(m_plan.op(index), [&](int source) {
      if (m_plan.planOf(source).isElement) need(source, pass);
    });
  }

  bool keep(int index) {
    OpPlan& own = m_plan.ops[static_cast<std::size_t>(index)];
    if (own.isKept) return true;
    std::set<int> seen;
    if (costOf(index, seen) <= kRecomputeLimit) return false;
    const std::int64_t bytes = m_plan.keptPoints * m_plan.lanes *
                               std::max<std::int64_t>(4, ir::dtypeBytes(m_plan.op(index).dtype));
    if (m_keptBytes + bytes > m_keepBytes) return false;
    m_keptBytes += bytes;
    own.isKept = true;
    return true;
  }

  /// Of computing the value from memory and from what rows hold.
  int costOf(int index, std::set<int>& seen) const {
    if (!seen.insert(index).second) return 0;
    int cost = opCost(m_plan.op(index));
    forEachSource(m_plan.op(index), [&](int source) {
      if (m_plan.planOf(source).isElement) cost += costOf(source, seen);
    });
    return cost;
  }

  KernelPlan& m_plan;
  std::vector<int> m_firstPass;
  std::set<int> m_computed;
  std::set<int> m_fetched;
  std::int64_t m_keepBytes;
  std::int64_t m_keptBytes = 0;
};

/// The most vectors alive at once, each value living from its op to its last use; a function holds
/// several of its own.
int registersNeeded(const KernelPlan& plan) {
  const int count = static_cast<int>(plan.ops.size());
  std::vector<int> lastUse(plan.ops.size(), -1);
  for (int i = 0; i < count; ++i)
    forEachSource(plan.op(i), [&](int source) { lastUse[static_cast<std::size_t>(source)] = i; });
  int most = 0;
  for (int i = 0; i < count; ++i) {
    int alive = opCost(plan.op(i)) >= 12 && plan.op(i).kind == LoopOpKind::Compute ? 8 : 0;
    for (int j = 0; j <= i; ++j) {
      const bool isConstant = plan.op(j).kind == LoopOpKind::Constant;
      if (lastUse[static_cast<std::size_t>(j)] >= i && !isConstant) ++alive;
      if (plan.op(j).kind == LoopOpKind::Reduce) ++alive;
    }
    most = std::max(most, alive);
  }
  return most;
}

bool hasWideElements(const LoopNest& nest) {
  return std::any_of(nest.ops.begin(), nest.ops.end(), [](const LoopOp& op) {
    return op.kind != LoopOpKind::Store && ir::dtypeBytes(op.dtype) == 8;
  });
}

/// Whether vectors of `lanes` leave few lanes idle along an axis of `size`, and enough blocks of
/// columns for the threads.
bool fillsLanes(const KernelPlan& plan, std::int64_t size, int lanes) {
  if (plan.vectorAxis == VectorAxis::Outer) return size >= 4 * lanes;
  return size % lanes == 0 ? size >= 2 * lanes : size >= 6 * lanes;
}

int chooseLanes(const KernelPlan& plan) {
  if (plan.vectorAxis == VectorAxis::None) return 1;
  if (hasWideElements(plan.nest)) return 16;
  const int registers = registersNeeded(plan);
  const std::int64_t size = plan.axisSize(plan.laneAxis());
  for (const int lanes : {64, 32})
    if (registers * (lanes / 16) <= kRegisters && fillsLanes(plan, size, lanes)) return lanes;
  return 16;
}

std::int64_t ceilDivide(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

std::int64_t product(const std::vector<std::int64_t>& values) {
  std::int64_t result = 1;
  for (const std::int64_t value : values) result *= value;
  return result;
}

/// Inner points of a row, in vectors where the lanes lie along it.
std::int64_t pointsOfRow(const KernelPlan& plan) {
  std::int64_t points = product(plan.nest.inner);
  if (plan.vectorAxis == VectorAxis::Inner && !plan.nest.inner.empty() && plan.nest.inner.back())
    points = points / plan.nest.inner.back() * ceilDivide(plan.nest.inner.back(), plan.lanes);
  return points;
}

/// Of the column sums of a unit.
std::int64_t bytesOfSums(const KernelPlan& plan) {
  std::int64_t bytes = 0;
  for (const LoopOp& op : plan.nest.ops)
    if (op.kind == LoopOpKind::Accumulate)
      bytes += plan.keptPoints * plan.lanes * std::max<std::int64_t>(4, ir::dtypeBytes(op.dtype));
  return bytes;
}

double costOfPoint(const KernelPlan& plan) {
  double cost = 1;
  for (const PassPlan& pass : plan.passes)
    for (const int op : pass.computed) cost += opCost(plan.op(op));
  return cost;
}

std::int64_t choosePanel(const KernelPlan& plan) {
  if (plan.vectorAxis != VectorAxis::Outer || plan.passes.size() != 1) return 1;
  const std::int64_t columns = plan.nest.outer.back();
  if (columns < 4 * plan.lanes || product(plan.nest.inner) < kPanelRows) return 1;
  return std::max<std::int64_t>(1, std::min(kPanelColumns, columns / 2) / plan.lanes);
}

void divideWork(KernelPlan& plan) {
  const auto firstFolded = plan.nest.outer.begin() + plan.unitAxes();
  const std::int64_t rowsOfUnit = product({firstFolded, plan.nest.outer.end()});
  plan.units = product({plan.nest.outer.begin(), firstFolded});
  if (plan.isPointwise && product(plan.nest.inner) == 0) plan.units = 0;
  double unitCost = costOfPoint(plan) * static_cast<double>(product(plan.nest.inner) * rowsOfUnit);
  if (plan.vectorAxis == VectorAxis::Outer) {
    const std::int64_t size = plan.nest.outer.back();
    plan.panel = choosePanel(plan);
    const std::int64_t columns = plan.panel * plan.lanes;
    plan.units = size == 0 ? 0 : plan.units / size * ceilDivide(size, columns);
    unitCost *= static_cast<double>(columns);
  } else if (plan.isPointwise && !plan.nest.inner.empty() &&
             plan.nest.inner[0] >= 2 * kBlockElements) {
    plan.block = kBlockElements;
    const std::int64_t blocks = ceilDivide(plan.nest.inner[0], plan.block);
    plan.units *= blocks;
    unitCost /= static_cast<double>(blocks);
  }
  const double grain = static_cast<double>(kGrainCost) / std::max(1.0, unitCost);
  plan.grain = std::clamp<std::int64_t>(static_cast<std::int64_t>(grain) + 1, 1,
                                        std::max<std::int64_t>(1, plan.units));
}

}  // namespace

bool KernelPlan::isVector(int index) const {
  if (op(index).kind == LoopOpKind::Constant) return false;
  if (vectorAxis == VectorAxis::Outer) return true;
  return vectorAxis == VectorAxis::Inner && planOf(index).isElement;
}

int KernelPlan::laneAxis() const {
  switch (vectorAxis) {
    case VectorAxis::Inner: return axisCount() - 1;
    case VectorAxis::Outer: return static_cast<int>(nest.outer.size()) - 1;
    case VectorAxis::None: break;
  }
  return -1;
}

std::int64_t KernelPlan::axisSize(int axis) const {
  const auto at = static_cast<std::size_t>(axis);
  return at < nest.outer.size() ? nest.outer[at] : nest.inner[at - nest.outer.size()];
}

void findLevels(KernelPlan& plan) {
  const int outer = static_cast<int>(plan.nest.outer.size());
  std::vector<bool> element(plan.nest.ops.size(), false);
  for (int axis = outer; axis < plan.axisCount(); ++axis) {
    const std::vector<bool> varies = dependsOnAxis(plan.nest, axis);
    for (std::size_t i = 0; i < element.size(); ++i) element[i] = element[i] || varies[i];
  }
  plan.ops.resize(plan.nest.ops.size());
  for (std::size_t i = 0; i < plan.ops.size(); ++i) {
    const LoopOp& op = plan.nest.ops[i];
    OpPlan& own = plan.ops[i];
    own.isElement = element[i];
    for (const int operand : op.operands)
      own.depth = std::max(own.depth, plan.planOf(operand).depth);
    for (const auto& term : op.access.indirect)
      own.depth = std::max(own.depth, plan.planOf(term.op).depth);
    if (op.kind == LoopOpKind::Reduce) ++own.depth;
  }
}

bool isRead(const LoopNest& nest, int buffer) {
  return std::any_of(nest.ops.begin(), nest.ops.end(), [buffer](const LoopOp& op) {
    return op.kind == LoopOpKind::Load && op.access.buffer == buffer;
  });
}

void planPasses(KernelPlan& plan, std::int64_t keepBytes) {
  for (OpPlan& own : plan.ops) own.isKept = false;
  plan.passes.clear();
  PassPlanner(plan, keepBytes).run();
}

KernelPlan planKernel(const LoopNest& nest) {
  SimplifiedNest simplified = simplifyNest(nest);
  KernelPlan plan;
  plan.nest = std::move(simplified.nest);
  plan.vectorAxis = simplified.vectorAxis;
  plan.isPointwise = simplified.isPointwise;
  plan.folded = simplified.folded;
  findLevels(plan);
  plan.lanes = chooseLanes(plan);
  plan.keptPoints = pointsOfRow(plan);
  planPasses(plan, kKeepBytes - bytesOfSums(plan));
  divideWork(plan);
  for (int i = 0; i < static_cast<int>(plan.nest.buffers.size()); ++i) {
    const schedule::KernelBuffer& buffer = plan.nest.buffers[static_cast<std::size_t>(i)];
    plan.streamed.push_back(buffer.access == schedule::BufferAccess::Write &&
                            !isRead(plan.nest, i) &&
                            buffer.extent * ir::dtypeBytes(buffer.dtype) >= kStreamBytes);
  }
  return plan;
}

}  // namespace core::codegen
