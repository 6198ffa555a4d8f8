// The sweeps of a thread over its part of a row.

#include <algorithm>

#include "core/codegen/cpu_expressions.h"
#include "core/codegen/cuda_writer.h"

namespace core::codegen {

using schedule::LoopOp;
using schedule::LoopOpKind;

namespace {

std::string text(std::int64_t number) {
  return std::to_string(number);
}

}  // namespace

std::vector<int> CudaWriter::reductionsOf(int pass) const {
  std::vector<int> reductions;
  for (const int index : kernel().passes[static_cast<std::size_t>(pass)].computed)
    if (kernel().op(index).kind == LoopOpKind::Reduce) reductions.push_back(index);
  return reductions;
}

/// What the thread holds of its row, and what it keeps of what it computed.
void CudaWriter::writeHeldArrays() {
  std::int64_t at = 0;
  for (int i = 0; i < opCount(); ++i) {
    if (!m_plan.isResident(i)) continue;
    const std::string name = "held_" + text(i);
    if (m_plan.residence == Residence::Registers) {
      m_code.line(packType(i) + " " + name + "[" + text(m_plan.count) + "];");
      if (m_plan.isAhead(i))
        m_code.line(packType(i) + " next_" + text(i) + "[" + text(m_plan.count) + "];");
      continue;
    }
    if (at == 0) m_code.line("extern __shared__ uint4 rowMemory[];");
    m_code.line(packType(i) + "* const " + name + " = (" + packType(i) + "*)(rowMemory + " +
                text(at) + ");");
    const std::int64_t bytes = m_plan.steps() * m_plan.lanes() * ir::dtypeBytes(storedType(i));
    at += (bytes + 15) / 16;
  }
  for (int i = 0; i < opCount(); ++i)
    if (kernel().planOf(i).isKept)
      m_code.line(scalarType(kernel().op(i).dtype) + " kept_" + text(i) + "[" +
                  text(std::int64_t{m_plan.count} * m_plan.lanes()) + "];");
}

/// The loop over the thread's steps, with the position of each.
void CudaWriter::openSteps() {
  const std::string steps = text(isPoints() ? m_plan.rowCount() * m_plan.steps() : m_plan.steps());
  std::vector<int> axes;
  if (!isColumns()) axes.push_back(kernel().laneAxis());
  const int inner = static_cast<int>(kernel().nest.inner.size());
  for (int axis = outerCount() + inner - 1; axis >= outerCount(); --axis)
    if (axis != kernel().laneAxis()) axes.push_back(axis);
  if (isPoints())
    for (int axis = outerCount() - 1; axis >= 0; --axis) axes.push_back(axis);

  if (m_plan.count > 0) {
    const std::int64_t threads = m_plan.threads;
    if (m_plan.count > 1) m_code.line("#pragma unroll");
    m_code.open("for (int k = 0; k < " + text(m_plan.count) + "; ++k) {");
    m_code.line("const uat v = (uat)k * " + text(threads) + (isPoints() ? " + first;" : " + t;"));
    const std::int64_t covered = threads * m_plan.count;
    const bool isExact =
        isPoints() ? m_plan.rowCount() * m_plan.steps() % covered == 0 : m_plan.steps() == covered;
    m_code.open(isExact ? "{" : "if (v < " + steps + ") {");
  } else {
    const std::string stride = text(isColumns() ? m_plan.groups : m_plan.threads);
    m_code.line("#pragma unroll 4");
    m_code.open("for (uat v = " + std::string(isSplit() ? "from + t" : "t") + "; v < " +
                (isSplit() ? "to" : steps) + "; v += " + stride + ") {");
    m_code.open("{");
  }
  unravel("v", axes, !isColumns());
  if (m_plan.isRagged()) writeRaggedStart();
}

/// Moves `c` back to where the row's first aligned vector begins.
void CudaWriter::writeRaggedShift() {
  const schedule::Access& access = kernel().op(m_plan.raggedBy).access;
  std::string start = text(access.offset);
  for (int axis = 0; axis < outerCount(); ++axis) {
    const std::int64_t stride = access.strides[static_cast<std::size_t>(axis)];
    if (stride != 0) start += " + " + axisName(axis, true) + " * " + text(stride);
  }
  m_code.line("c -= (" + start + ") & " + text(m_plan.lanes() - 1) + ";");
}

/// Where a vector of a ragged row lies, and which of its elements belong to the row.
void CudaWriter::writeRaggedStart() {
  const std::int64_t size = kernel().axisSize(kernel().laneAxis());
  writeRaggedShift();
  m_code.line("[[maybe_unused]] const auto isInRow = [&](int e) { return (uat)(c + e) < " +
              text(size) + "; };");
  m_code.line(
      "[[maybe_unused]] const bool isWhole = c >= 0 && c <= " + text(size - m_plan.lanes()) + ";");
}

/// A long ragged row: first the vectors that lie in the row wherever it begins, in a loop without
/// conditions, so that several loads are on their way; then the one before and the few behind.
void CudaWriter::writeRaggedSweep(const PassPlan& pass) {
  const std::int64_t whole = kernel().axisSize(kernel().laneAxis()) / m_plan.lanes();
  const int lane = kernel().laneAxis();
  m_code.line("#pragma unroll 4");
  m_code.open("for (uat v = t + 1; v < " + text(whole) + "; v += " + text(m_plan.threads) + ") {");
  unravel("v", {lane}, true);
  writeRaggedShift();
  writeLanes(pass.computed, pass.fetched);
  m_code.close();
  m_code.open("if (const uat v = t == 0 ? 0 : " + text(whole - 1) + " + t; v < " +
              text(m_plan.steps()) + ") {");
  unravel("v", {lane}, true);
  writeRaggedStart();
  m_isEnd = true;
  writeLanes(pass.computed, pass.fetched);
  m_isEnd = false;
  m_code.close();
}

void CudaWriter::closeSteps() {
  m_code.close();
  m_code.close();
}

/// All loads that are held in registers, before anything is computed: they are on their way
/// together.
void CudaWriter::writeLoadPhase() {
  std::vector<int> loads;
  for (int i = 0; i < opCount(); ++i)
    if (m_plan.isResident(i) && !m_isHeld[static_cast<std::size_t>(i)]) loads.push_back(i);
  if (loads.empty() || m_plan.residence != Residence::Registers) return;
  openSteps();
  if (isPoints()) writeRowOps(0, false);
  if (m_plan.isRagged()) {
    const std::vector<bool> before = m_isHeld;
    m_code.open("if (isWhole) {");
    writePackedLoads(loads);
    m_code.orElse();
    m_isHeld = before;
    m_isEnd = true;
    writePackedLoads(loads);
    m_isEnd = false;
    m_code.close();
  } else {
    writePackedLoads(loads);
  }
  closeSteps();
}

void CudaWriter::openLanes() {
  if (m_plan.lanes() > 1) m_code.line("#pragma unroll");
  m_code.open("for (int e = 0; e < " + text(m_plan.lanes()) + "; ++e) {");
}

void CudaWriter::define(int index, const std::string& value) {
  const std::string name = m_expressions.variable(index);
  if (m_plan.isPerColumn(index))
    m_code.line(name + "[e] = " + value + ";");
  else
    m_code.line("[[maybe_unused]] const " + scalarType(kernel().op(index).dtype) + " " + name +
                " = " + value + ";");
  if (kernel().planOf(index).isKept)
    m_code.line("kept_" + text(index) + "[k * " + text(m_plan.lanes()) + " + e] = " + name + ";");
}

void CudaWriter::writeOp(int index) {
  const LoopOp& op = kernel().op(index);
  switch (op.kind) {
    case LoopOpKind::Constant: return;
    case LoopOpKind::Accumulate: writeAccumulate(index); return;
    case LoopOpKind::Store: writeStore(index); return;
    case LoopOpKind::Compute: define(index, m_expressions.compute(index)); return;
    case LoopOpKind::Index: define(index, "(i64)" + axisName(op.axis, false)); return;
    case LoopOpKind::Load:
      if (!isPackedLoad(index)) writeChecks(index);
      define(index, loadExpression(index));
      return;
    case LoopOpKind::Reduce: {
      if (m_plan.isOnline(index)) {
        m_code.line("chunk_" + text(index) + "[e] = " + m_expressions.name(op.operands[0]) + ";");
        return;
      }
      const std::string total = m_expressions.variable(index) + (isColumns() ? "[e]" : "");
      m_code.line(total + " = " +
                  m_expressions.combine(op, total, m_expressions.name(op.operands[0])) + ";");
      return;
    }
  }
}

void CudaWriter::writeBody(const std::vector<int>& computed, const std::vector<int>& fetched) {
  if (!m_plan.isRagged()) return writeLanes(computed, fetched);
  m_code.open("if (isWhole) {");
  writeLanes(computed, fetched);
  m_code.orElse();
  m_isEnd = true;
  writeLanes(computed, fetched);
  m_isEnd = false;
  m_code.close();
}

void CudaWriter::writeLanes(const std::vector<int>& computed, const std::vector<int>& fetched) {
  writePackedLoads(computed);
  declarePackedStores(computed);
  declareChunks(computed);
  openLanes();
  if (m_isEnd) m_code.line("if (!isInRow(e)) continue;");
  for (int i = 0; i < opCount(); ++i) {
    if (std::count(fetched.begin(), fetched.end(), i))
      m_code.line("const " + scalarType(kernel().op(i).dtype) + " " + m_expressions.variable(i) +
                  " = kept_" + text(i) + "[k * " + text(m_plan.lanes()) + " + e];");
    if (std::count(computed.begin(), computed.end(), i)) writeOp(i);
  }
  m_code.close();
  addChunks(computed);
  writePackedStores(computed);
}

/// What is computed once per row (or for each of a thread's columns) as soon as `depth` reductions
/// are known.
void CudaWriter::writeRowOps(int depth, bool storesToo) {
  std::vector<int> ops;
  for (int i = 0; i < opCount(); ++i) {
    const LoopOp& op = kernel().op(i);
    const OpPlan& own = kernel().planOf(i);
    if (own.isElement || own.depth != depth || op.kind == LoopOpKind::Reduce ||
        op.kind == LoopOpKind::Constant || (op.kind == LoopOpKind::Store && !storesToo))
      continue;
    ops.push_back(i);
  }
  if (isColumns()) {
    for (const int i : ops)
      if (kernel().op(i).kind != LoopOpKind::Store)
        m_code.line("[[maybe_unused]] " + scalarType(kernel().op(i).dtype) + " " +
                    m_expressions.variable(i) + "[" + text(m_plan.lanes()) + "];");
    if (!ops.empty()) writeBody(ops, {});
    return;
  }
  for (int i = 0; i < opCount(); ++i) {
    writeRowChecks(i, depth);
    if (std::count(ops.begin(), ops.end(), i)) writeOp(i);
  }
}

void CudaWriter::declareReductions(int pass) {
  for (const int index : reductionsOf(pass)) {
    const LoopOp& op = kernel().op(index);
    const std::string type = scalarType(op.dtype), name = m_expressions.variable(index);
    if (!isColumns()) {
      m_code.line(accumulatorType(index) + " " + accumulator(index) + " = " +
                  accumulatorStart(index) + ";");
      continue;
    }
    m_code.line(type + " " + name + "[" + text(m_plan.lanes()) + "];");
    openLanes();
    m_code.line(name + "[e] = " + m_expressions.identity(op) + ";");
    m_code.close();
  }
}

void CudaWriter::writeMerge(int pass) {
  const std::vector<int> reductions = reductionsOf(pass);
  if (reductions.empty()) return;
  if (isColumns())
    writeColumnMerge(reductions);
  else
    writeRowMerge(reductions);
  for (const int index : reductions)
    if (m_plan.isOnline(index))
      m_code.line("const f32 " + m_expressions.variable(index) + " = " + accumulator(index) +
                  ".sum;");
}

/// Leaves this block's part of each reduction in the workspace.
void CudaWriter::writeParts(int pass) {
  const std::vector<int> reductions = reductionsOf(pass);
  if (reductions.empty()) return;
  m_code.open(isColumns() ? "if (t == 0 && isInside) {" : "if (t == 0) {");
  for (const int index : reductions) {
    const std::string name = m_expressions.variable(index), parts = "parts_" + text(index);
    if (!isColumns()) {
      m_code.line(parts + "[row * " + text(m_plan.splits) + " + blockIdx.y] = " + name + ";");
      continue;
    }
    openLanes();
    m_code.line(parts + "[(at)blockIdx.y * " + text(m_plan.rowCount()) + " + row + e] = " + name +
                "[e];");
    m_code.close();
  }
  m_code.close();
}

/// Combines the parts that the blocks of an earlier launch left.
void CudaWriter::readParts(int pass) {
  declareReductions(pass);
  const std::vector<int> reductions = reductionsOf(pass);
  if (reductions.empty()) return;
  m_code.open("for (int s = t; s < " + text(m_plan.splits) +
              "; s += " + text(isColumns() ? m_plan.groups : m_plan.threads) + ") {");
  if (isColumns()) openLanes();
  for (const int index : reductions) {
    const std::string name = m_expressions.name(index), parts = "parts_" + text(index);
    const std::string place = isColumns() ? "[(at)s * " + text(m_plan.rowCount()) + " + row + e]"
                                          : "[row * " + text(m_plan.splits) + " + s]";
    m_code.line(name + " = " + m_expressions.combine(kernel().op(index), name, parts + place) +
                ";");
  }
  if (isColumns()) m_code.close();
  m_code.close();
  writeMerge(pass);
}

void CudaWriter::writePass(int pass) {
  const PassPlan& plan = kernel().passes[static_cast<std::size_t>(pass)];
  declareReductions(pass);
  if (m_plan.isRagged() && m_plan.count == 0 && !isSplit()) {
    writeRaggedSweep(plan);
  } else {
    openSteps();
    if (isPoints()) writeRowOps(0, true);
    writeBody(plan.computed, plan.fetched);
    closeSteps();
  }
  // In shared memory a load is held once the pass that makes it is through.
  if (m_plan.residence == Residence::Shared)
    for (const int index : plan.computed) m_isHeld[static_cast<std::size_t>(index)] = true;
  writeMerge(pass);
}

}  // namespace core::codegen
