// Sums over columns beside a kernel that walks rows. A unit owns a slot of rows: it clears one sum
// for each column, walks its rows, each with all its passes, and stores the sums of the slot.

#include "core/codegen/kernel_writer.h"

namespace core::codegen {

using schedule::LoopOp;
using schedule::LoopOpKind;

void KernelWriter::writeSlot() {
  for (int i = 0; i < static_cast<int>(m_plan.ops.size()); ++i) {
    const LoopOp& op = m_plan.op(i);
    if (op.kind != LoopOpKind::Accumulate) continue;
    m_code.line("for (auto& sum : " + m_expressions.name(i) +
                "_row) sum = " + m_expressions.identity(op, m_plan.isVector(i)) + ";");
  }
  for (int axis = m_plan.unitAxes(); axis < outerCount(); ++axis) {
    const std::string name = axisName(axis);
    m_code.open("for (i64 " + name + " = 0; " + name + " < " +
                std::to_string(m_plan.axisSize(axis)) + "; ++" + name + ") {");
  }
  writePasses();
  for (int axis = m_plan.unitAxes(); axis < outerCount(); ++axis) m_code.close();
  writeColumnSums();
}

/// One more sweep over the inner axes, behind the passes.
void KernelWriter::writeColumnSums() {
  const int pass = static_cast<int>(m_plan.passes.size());
  m_chains = 1;
  m_isChunked = false;
  openBody(pass);
  for (int i = 0; i < static_cast<int>(m_plan.ops.size()); ++i)
    if (m_plan.op(i).kind == LoopOpKind::Accumulate) writeElement(i, keptPlace(i));
  m_code.close("};");
  writeLoops(pass, outerCount());
}

}  // namespace core::codegen
