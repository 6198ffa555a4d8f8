// Blocks that walk the rows of a slot. What the columns add up to stays in registers, one per
// column of a thread, until the last row; a row that is too long for them is added up in memory,
// each column by the thread that has it in every row.

#include <algorithm>

#include "core/codegen/cpu_expressions.h"
#include "core/codegen/cuda_vectors.h"
#include "core/codegen/cuda_writer.h"

namespace core::codegen {

using schedule::LoopOp;
using schedule::LoopOpKind;

namespace {

std::string text(std::int64_t number) {
  return std::to_string(number);
}

}  // namespace

/// The positions along the folded axes of the slot's row `source`.
void CudaWriter::unravelRow(const std::string& source) {
  std::vector<int> axes;
  for (int axis = outerCount() - 1; axis >= kernel().unitAxes(); --axis) axes.push_back(axis);
  unravel(source, axes, false);
}

void CudaWriter::writeWalkLoads(const std::vector<bool>& which) {
  std::vector<int> loads;
  for (int i = 0; i < opCount(); ++i)
    if (which[static_cast<std::size_t>(i)]) loads.push_back(i);
  if (loads.empty()) return;
  openSteps();
  writePackedLoads(loads);
  closeSteps();
}

/// Takes over the row that was loaded ahead, and loads the one behind it.
void CudaWriter::writeNextRow() {
  if (std::none_of(m_plan.ahead.begin(), m_plan.ahead.end(), [](bool is) { return is; })) return;
  m_code.line("#pragma unroll");
  m_code.open("for (int k = 0; k < " + text(m_plan.count) + "; ++k) {");
  for (int i = 0; i < opCount(); ++i)
    if (m_plan.isAhead(i)) m_code.line("held_" + text(i) + "[k] = next_" + text(i) + "[k];");
  m_code.close();
  m_code.open("if (f + 1 < " + text(m_plan.rowsOfUnit()) + ") {");
  unravelRow("(f + 1)");
  for (int i = 0; i < opCount(); ++i)
    if (m_plan.isAhead(i)) m_isHeld[static_cast<std::size_t>(i)] = false;
  m_rowArray = "next_";
  writeWalkLoads(m_plan.ahead);
  m_rowArray = "held_";
  m_code.close();
}

/// Whether rows meet once only, so that the next one could overwrite what some still read.
bool CudaWriter::sharesAfterOneWait() const {
  int merges = 0;
  for (int pass = 0; pass < passCount(); ++pass) merges += reductionsOf(pass).empty() ? 0 : 1;
  return merges == 1 && m_plan.threads > 32;
}

void CudaWriter::writeWalk() {
  const bool inRegisters = m_plan.count > 0;
  for (int i = 0; inRegisters && i < opCount(); ++i)
    if (kernel().op(i).kind == LoopOpKind::Accumulate)
      m_code.line(scalarType(kernel().op(i).dtype) + " sum_" + text(i) + "[" +
                  text(std::int64_t{m_plan.count} * m_plan.lanes()) + "] = {};");
  writeWalkLoads(m_plan.hoisted);
  if (std::any_of(m_plan.ahead.begin(), m_plan.ahead.end(), [](bool is) { return is; })) {
    m_code.open("{");
    m_code.line("const uat f = 0;");
    unravelRow("f");
    m_rowArray = "next_";
    writeWalkLoads(m_plan.ahead);
    m_rowArray = "held_";
    m_code.close();
  }
  const std::vector<bool> heldBefore = m_isHeld;
  m_code.line("#pragma unroll 1");
  m_code.open("for (uat f = 0; f < " + text(m_plan.rowsOfUnit()) + "; ++f) {");
  writeNextRow();
  m_isHeld = heldBefore;
  unravelRow("f");
  writeStagePasses(0);
  if (sharesAfterOneWait()) m_code.line("__syncthreads();");
  m_code.close();
  if (inRegisters) writeSums();
}

void CudaWriter::writeAccumulate(int index) {
  const LoopOp& op = kernel().op(index);
  const std::string value = m_expressions.name(op.operands[0]);
  if (m_plan.count > 0) {
    m_code.line("sum_" + text(index) + "[k * " + text(m_plan.lanes()) + " + e] += " + value + ";");
    return;
  }
  const std::string place = bufferName(op.access.buffer) + "[" + addressOf(index, false) + "]";
  m_code.line(storeGuard(index) + place + " = f == 0 ? " + value + " : " + place + " + " + value +
              ";");
}

/// Stores what the slot's columns add up to.
void CudaWriter::writeSums() {
  openSteps();
  for (int i = 0; i < opCount(); ++i) {
    if (kernel().op(i).kind != LoopOpKind::Accumulate) continue;
    const std::string lanes = text(m_plan.lanes()), number = text(i);
    const std::string buffer = bufferName(kernel().op(i).access.buffer);
    const bool isPack = m_plan.lanes() > 1 && canPack(m_plan, kernel().op(i), m_plan.lanes());
    if (isPack) m_code.line(packType(i) + " pack_" + number + ";");
    openLanes();
    const std::string sum = "sum_" + number + "[k * " + lanes + " + e]";
    m_code.line(isPack ? "pack_" + number + ".v[e] = " + sum + ";"
                       : storeGuard(i) + buffer + "[" + addressOf(i, false) + "] = " + sum + ";");
    m_code.close();
    if (!isPack) continue;
    m_expressions.use("store");
    m_code.line(storeGuard(i) + "store<" + lanes + ">(" + buffer + " + " + addressOf(i, true) +
                ", pack_" + number + ");");
  }
  closeSteps();
}

}  // namespace core::codegen
