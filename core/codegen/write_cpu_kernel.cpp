// From plan to text. The shape of every kernel:
//
//   prelude                    types and the functions used
//   static void work(...)      buffers as parameters, because only those may be __restrict
//     for each unit            a row, a block of columns, or a block of a long axis
//       row-level ops          depth 0
//       pass 0                 a lambda for the body, called for full and for last vectors
//       row-level ops          depth 1, from the reductions of pass 0
//       pass 1 ...
//   extern "C" void name(...)  unpacks the buffers
//
// Identifiers come from positions in the nest, never from tensor names; those stand in comments.

#include "core/codegen/write_cpu_kernel.h"

#include <algorithm>

#include "core/codegen/cpu_prelude.h"
#include "core/codegen/kernel_writer.h"

namespace core::codegen {

using ir::DType;
using schedule::BufferAccess;
using schedule::LoopNest;
using schedule::LoopOp;
using schedule::LoopOpKind;

Result<void> KernelWriter::checkTypes() const {
  const auto unsupported = [&](DType dtype) {
    return Error{ErrorCode::UnsupportedOp,
                 "Cannot generate kernel " + m_plan.nest.name + ": values of dtype " +
                     std::string(ir::dtypeName(dtype)) +
                     " have no registers here. Run its operators in LibTorch.",
                 "", ""};
  };
  for (const schedule::KernelBuffer& buffer : m_plan.nest.buffers)
    if (scalarType(buffer.dtype).empty()) return unsupported(buffer.dtype);
  for (const LoopOp& op : m_plan.nest.ops)
    if (scalarType(op.dtype).empty()) return unsupported(op.dtype);
  return {};
}

Result<KernelSource> KernelWriter::write(const LoopNest& original) {
  CORE_TRY_VOID(checkTypes());
  m_checksIndices = std::any_of(m_plan.nest.ops.begin(), m_plan.nest.ops.end(),
                                [](const LoopOp& op) { return !op.access.indirect.empty(); });
  writeWork();
  writeEntry();
  if (m_expressions.unsupported())
    return Error{ErrorCode::UnsupportedOp,
                 "Cannot generate kernel " + m_plan.nest.name + ": there is no code for " +
                     *m_expressions.unsupported() + ". Run this operator in LibTorch.",
                 "", ""};
  KernelSource kernel;
  kernel.name = m_plan.nest.name;
  kernel.source = title() + cpuPrelude(m_expressions.pieces(), std::max(16, m_plan.lanes)) + "\n" +
                  m_code.text();
  kernel.loopText = schedule::loopNestText(original);
  kernel.units = m_plan.units;
  kernel.grain = m_plan.grain;
  kernel.checksIndices = m_checksIndices;
  kernel.notes = notes();
  return kernel;
}
void KernelWriter::writeKeptRows() {
  for (int i = 0; i < static_cast<int>(m_plan.ops.size()); ++i) {
    if (!m_plan.planOf(i).isKept && m_plan.op(i).kind != LoopOpKind::Accumulate) continue;
    m_code.line(typeOf(i) + " " + m_expressions.name(i) + "_row[" +
                std::to_string(std::max<std::int64_t>(1, m_plan.keptPoints)) + "];");
  }
}

/// The outer position of `unit`: the last axis runs fastest.
void KernelWriter::writeUnitPosition() {
  std::string rest = "unit";
  const auto take = [&](const std::string& name, std::int64_t size, bool isFirst) {
    m_code.line("[[maybe_unused]] const i64 " + name + " = " + rest +
                (isFirst ? "" : " % " + std::to_string(size)) + ";");
    if (!isFirst) rest += " / " + std::to_string(size);
  };
  const int lanes = m_plan.laneAxis();
  if (m_plan.block) {
    const std::int64_t size = m_plan.axisSize(lanes), block = m_plan.block;
    const std::int64_t end = size - size % m_plan.lanes;
    take("block", (size + block - 1) / block, outerCount() == 0);
    m_code.line("const i64 from = block * " + std::to_string(block) + ";");
    m_code.line("const i64 to = from + " + std::to_string(block) + " < " + std::to_string(end) +
                " ? from + " + std::to_string(block) + " : " + std::to_string(end) + ";");
  }
  for (int axis = m_plan.unitAxes() - 1; axis >= 0; --axis) {
    if (axis == lanes) {
      const std::int64_t columns = m_plan.panel * m_plan.lanes;
      take("block", (m_plan.axisSize(axis) + columns - 1) / columns, axis == 0);
    } else {
      take(axisName(axis), m_plan.axisSize(axis), axis == 0);
    }
  }
}

void KernelWriter::writeParameters() {
  for (std::size_t i = 0; i < m_plan.nest.buffers.size(); ++i) {
    const schedule::KernelBuffer& buffer = m_plan.nest.buffers[i];
    const bool isRead = buffer.access == BufferAccess::Read;
    m_code.line((isRead ? "const " : "") + storageType(buffer.dtype) + "* __restrict " +
                bufferName(static_cast<int>(i)) + ",  // " + nameInComment(buffer.name) + " : " +
                std::string(ir::dtypeName(buffer.dtype)));
  }
  if (m_checksIndices) m_code.line("i32* status,");
  m_code.line("i64 begin, i64 end) {");
}

void KernelWriter::writePasses() {
  writeRowOps(0);
  for (int pass = 0; pass < static_cast<int>(m_plan.passes.size()); ++pass) {
    writePass(pass);
    writeRowOps(pass + 1);
  }
}

/// One vector of columns: the last may have fewer.
void KernelWriter::writeColumns() {
  m_code.line("const i64 c = block * L;");
  m_code.open("const auto columns = [&](auto n) __attribute__((always_inline)) {");
  writePasses();
  m_code.close("};");
  const std::int64_t size = m_plan.axisSize(m_plan.laneAxis()), rest = size % m_plan.lanes;
  if (rest == 0) {
    m_code.line("columns(All{});");
    return;
  }
  m_code.line("if (c + L <= " + std::to_string(size) + ")");
  m_code.line("  columns(All{});");
  m_code.line("else");
  m_code.line("  columns(First<" + std::to_string(rest) + ">{});");
}

void KernelWriter::writeWork() {
  m_code.open("static void work(");
  writeParameters();
  writeKeptRows();
  m_code.open("for (i64 unit = begin; unit < end; ++unit) {");
  writeUnitPosition();
  if (isPanel())
    writePanel();
  else if (isColumns())
    writeColumns();
  else if (m_plan.folded > 0)
    writeSlot();
  else
    writePasses();
  m_code.close();
  if (m_expressions.pieces().count("stream")) m_code.line("waitForStreams();");
  m_code.close();
}

void KernelWriter::writeEntry() {
  m_code.line("");
  m_code.open("extern \"C\" void " + m_plan.nest.name +
              "(void* const* buffers, i64 begin, i64 end) {");
  std::string arguments;
  for (std::size_t i = 0; i < m_plan.nest.buffers.size(); ++i) {
    const schedule::KernelBuffer& buffer = m_plan.nest.buffers[i];
    const bool isRead = buffer.access == BufferAccess::Read;
    arguments += std::string("(") + (isRead ? "const " : "") + storageType(buffer.dtype) +
                 "*)buffers[" + std::to_string(i) + "], ";
  }
  if (m_checksIndices)
    arguments += "(i32*)buffers[" + std::to_string(m_plan.nest.buffers.size()) + "], ";
  m_code.line("work(" + arguments + "begin, end);");
  m_code.close();
}

std::string KernelWriter::title() const {
  std::string text;
  for (const std::string& note : notes()) text += "// " + note + "\n";
  return text + "\n";
}

std::vector<std::string> KernelWriter::notes() const {
  std::vector<std::string> result;
  const std::string lanes = std::to_string(m_plan.lanes);
  switch (m_plan.vectorAxis) {
    case VectorAxis::Inner:
      result.push_back(lanes + " lanes along rows of " +
                       std::to_string(m_plan.axisSize(lastAxis())) + " elements");
      break;
    case VectorAxis::Outer:
      result.push_back(
          lanes + " columns side by side" +
          (isPanel() ? ", " + std::to_string(m_plan.panel) + " times that a unit" : ""));
      break;
    case VectorAxis::None: result.push_back("one element at a time"); break;
  }
  if (m_plan.folded > 0) result.push_back("columns are summed beside the rows, slot by slot");
  if (!m_plan.isPointwise)
    result.push_back(std::to_string(m_plan.passes.size()) + " passes over each row");
  for (int i = 0; i < static_cast<int>(m_plan.ops.size()); ++i)
    if (m_plan.planOf(i).isKept)
      result.push_back(m_expressions.name(i) + " is kept for the row, not computed again");
  for (std::size_t i = 0; i < m_plan.streamed.size(); ++i)
    if (m_plan.streamed[i])
      result.push_back(bufferName(static_cast<int>(i)) + " is written past the caches");
  result.push_back(std::to_string(m_plan.units) + " units of work, at least " +
                   std::to_string(m_plan.grain) + " for a thread");
  return result;
}
Result<KernelSource> writeCpuKernel(const LoopNest& nest) {
  return KernelWriter(nest).write(nest);
}

}  // namespace core::codegen
