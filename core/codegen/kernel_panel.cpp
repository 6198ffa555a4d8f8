// Reductions down many columns at once. A unit owns a panel of columns with a total for each. It
// takes a chunk of rows, goes down it one vector of columns after the other, with the partial
// results in registers, adds them to the totals, and takes the next chunk: memory is read in nearly
// the order it lies in, and the partial sums are short.

#include <algorithm>

#include "core/codegen/kernel_writer.h"

namespace core::codegen {

using ir::DType;
using schedule::LoopOp;
using schedule::LoopOpKind;

namespace {

constexpr std::int64_t kRowsOfChunk = 8;  // few enough for the prefetcher to follow

}  // namespace

void KernelWriter::writePanelTotals() {
  const std::string panel = std::to_string(m_plan.panel);
  for (const int index : m_plan.passes[0].computed) {
    const LoopOp& op = m_plan.op(index);
    if (op.kind != LoopOpKind::Reduce) continue;
    const std::string total = "total_" + std::to_string(index);
    m_code.line((isWideTotal(index) ? "f64v" : vectorType(op.dtype)) + " " + total + "[" + panel +
                "];");
    m_code.line("for (auto& total : " + total + ") total = " +
                (isWideTotal(index) ? "f64v{}" : m_expressions.identity(op, true)) + ";");
  }
}

/// One vector of columns through the rows of a chunk.
void KernelWriter::writePanelSweep() {
  const PassPlan& plan = m_plan.passes[0];
  m_code.open(
      "const auto sweep = [&](i64 p, i64 c, i64 chunk, i64 stop, auto n) "
      "__attribute__((always_inline)) {");
  writeRowOps(0);
  for (const int index : plan.computed) {
    const LoopOp& op = m_plan.op(index);
    if (op.kind == LoopOpKind::Reduce)
      m_code.line(vectorType(op.dtype) + " part_" + std::to_string(index) + " = " +
                  m_expressions.identity(op, true) + ";");
  }
  writeBody(0);
  const std::string first = axisName(outerCount());
  m_code.open("for (i64 " + first + " = chunk; " + first + " < stop; ++" + first + ") {");
  if (outerCount() == lastAxis())
    m_code.line(passCall(0, first, 0, ""));
  else
    writeLoops(0, outerCount() + 1);
  m_code.close();
  for (const int index : plan.computed) {
    const LoopOp& op = m_plan.op(index);
    if (op.kind != LoopOpKind::Reduce) continue;
    const std::string number = std::to_string(index);
    const std::string total = "total_" + number + "[p]";
    if (isWideTotal(index))
      m_code.line(total + " += __builtin_convertvector(part_" + number + ", f64v);");
    else
      m_code.line(total + " = " + m_expressions.combine(op, total, "part_" + number, true) + ";");
  }
  m_code.close("};");
}

/// What follows from the totals of one vector of columns.
void KernelWriter::writePanelFinish() {
  m_code.open("const auto finish = [&](i64 p, i64 c, auto n) __attribute__((always_inline)) {");
  writeRowOps(0);
  for (const int index : m_plan.passes[0].computed) {
    const LoopOp& op = m_plan.op(index);
    if (op.kind != LoopOpKind::Reduce) continue;
    const std::string total = "total_" + std::to_string(index) + "[p]";
    const bool isWide = isWideTotal(index) && op.dtype != DType::F64;
    m_code.line("const " + typeOf(index) + " " + m_expressions.name(index) + " = " +
                (isWide ? "__builtin_convertvector(" + total + ", " + typeOf(index) + ")" : total) +
                ";");
  }
  writeRowOps(1);
  m_code.close("};");
}

/// `call` for every vector of columns in the panel, with the lanes that it has.
void KernelWriter::writePanelLoop(const std::string& call) {
  const std::int64_t size = m_plan.axisSize(m_plan.laneAxis()), rest = size % m_plan.lanes;
  m_code.open("for (i64 p = 0; p < " + std::to_string(m_plan.panel) + "; ++p) {");
  m_code.line("const i64 c = (block * " + std::to_string(m_plan.panel) + " + p) * L;");
  m_code.line("if (c + L <= " + std::to_string(size) + ")");
  m_code.line("  " + call + "All{});");
  if (rest != 0) {
    m_code.line("else if (c < " + std::to_string(size) + ")");
    m_code.line("  " + call + "First<" + std::to_string(rest) + ">{});");
  }
  m_code.close();
}

void KernelWriter::writePanel() {
  std::int64_t below = 1;
  for (int axis = outerCount() + 1; axis <= lastAxis(); ++axis) below *= m_plan.axisSize(axis);
  const std::string rows = std::to_string(m_plan.axisSize(outerCount()));
  const std::string step =
      std::to_string(std::max<std::int64_t>(1, kRowsOfChunk / std::max<std::int64_t>(1, below)));
  writePanelTotals();
  writePanelSweep();
  m_code.open("for (i64 chunk = 0; chunk < " + rows + "; chunk += " + step + ") {");
  m_code.line("const i64 stop = chunk + " + step + " < " + rows + " ? chunk + " + step + " : " +
              rows + ";");
  writePanelLoop("sweep(p, c, chunk, stop, ");
  m_code.close();
  writePanelFinish();
  writePanelLoop("finish(p, c, ");
}

}  // namespace core::codegen
