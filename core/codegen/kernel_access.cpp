// Where ops touch memory: names, affine addresses, gathers with their checks, and the choice
// between contiguous, broadcast, strided and gathered forms.

#include <algorithm>

#include "core/codegen/kernel_writer.h"

namespace core::codegen {

using ir::DType;
using schedule::Access;
using schedule::BufferAccess;
using schedule::LoopOp;
using schedule::LoopOpKind;
using schedule::ReduceFn;

std::string times(const std::string& value, std::int64_t factor) {
  return factor == 1 ? value : value + " * " + std::to_string(factor);
}

std::string KernelWriter::axisName(int axis) const {
  if (axis == m_plan.laneAxis()) return "c";
  return axis < outerCount() ? "i" + std::to_string(axis)
                             : "j" + std::to_string(axis - outerCount());
}

std::string KernelWriter::typeOf(int index) const {
  const DType dtype = m_plan.op(index).dtype;
  return m_plan.isVector(index) ? vectorType(dtype) : scalarType(dtype);
}

std::string KernelWriter::bufferName(int index) const {
  const auto at = static_cast<std::size_t>(index);
  const bool isRead = m_plan.nest.buffers[at].access == BufferAccess::Read;
  return (isRead ? "in" : "out") + std::to_string(index);
}

/// Sums of floats that go through chunks are totalled in double.
bool KernelWriter::isWideTotal(int index) const {
  const LoopOp& op = m_plan.op(index);
  return op.kind == LoopOpKind::Reduce && op.reduce == ReduceFn::Sum &&
         ir::isFloatingPoint(op.dtype);
}

bool KernelWriter::splitsSum(int index) const {
  return m_isChunked && isWideTotal(index);
}

std::string KernelWriter::accumulator(int index) const {
  return (splitsSum(index) || isPanel() ? "part_" : "total_") + std::to_string(index);
}

/// Of the point at hand, in vectors where lanes lie along the row.
std::string KernelWriter::pointInRow() const {
  std::string at;
  for (int axis = outerCount(); axis <= lastAxis(); ++axis) {
    const bool isLane = axis == m_plan.laneAxis();
    std::int64_t below = 1;
    for (int inner = axis + 1; inner <= lastAxis(); ++inner) {
      const std::int64_t size = m_plan.axisSize(inner);
      below *= inner == m_plan.laneAxis() ? (size + m_plan.lanes - 1) / m_plan.lanes : size;
    }
    at += at.empty() ? "" : " + ";
    at += times(isLane ? "c / L" : axisName(axis), below);
  }
  return at;
}

/// Where a kept value, or a sum of columns, of this point lies in its row.
std::string KernelWriter::keptPlace(int index) const {
  return m_expressions.name(index) + "_row[" + pointInRow() + "]";
}

bool KernelWriter::isGather(const Access& access) const {
  return std::any_of(access.indirect.begin(), access.indirect.end(),
                     [&](const auto& term) { return m_plan.isVector(term.op); });
}

std::string KernelWriter::checkedName(int index, std::size_t term) const {
  return "at_" + std::to_string(index) + (term ? "_" + std::to_string(term) : "");
}

void KernelWriter::writeCheck(int index, std::size_t k) {
  const auto& term = m_plan.op(index).access.indirect[k];
  const bool isVector = m_plan.isVector(term.op);
  m_expressions.use(isVector ? "checkedVector" : "checked");
  m_code.line("const " + std::string(isVector ? "i64v " : "i64 ") + checkedName(index, k) +
              " = checked(" + m_expressions.name(term.op) + ", " + std::to_string(term.bound) +
              ", status" + (isVector ? ", n);" : ");"));
}

/// Checks the gather terms of an access where it is made, but for those that its row has checked.
void KernelWriter::writeChecks(int index) {
  const Access& access = m_plan.op(index).access;
  for (std::size_t k = 0; k < access.indirect.size(); ++k)
    if (!isCheckedByRow(index, k)) writeCheck(index, k);
}

/// Checks what an element-level access gathers by, once per row, as soon as `depth` passes are
/// done.
void KernelWriter::writeRowChecks(int index, int depth) {
  const Access& access = m_plan.op(index).access;
  for (std::size_t k = 0; k < access.indirect.size(); ++k)
    if (isCheckedByRow(index, k) && m_plan.planOf(access.indirect[k].op).depth == depth)
      writeCheck(index, k);
}

bool KernelWriter::isCheckedByRow(int index, std::size_t k) const {
  const int source = m_plan.op(index).access.indirect[k].op;
  return m_plan.planOf(index).isElement && !m_plan.planOf(source).isElement;
}

/// The scalar part of an access's offset, in elements.
std::string KernelWriter::addressOf(int index, bool withLanes) {
  const Access& access = m_plan.op(index).access;
  std::string text;
  const auto add = [&text](const std::string& term) { text += text.empty() ? term : " + " + term; };
  if (access.offset != 0) add(std::to_string(access.offset));
  for (int axis = 0; axis <= lastAxis(); ++axis) {
    const std::int64_t stride = access.strides[static_cast<std::size_t>(axis)];
    if (stride != 0 && (withLanes || axis != m_plan.laneAxis())) add(times(axisName(axis), stride));
  }
  for (std::size_t k = 0; k < access.indirect.size(); ++k)
    if (!m_plan.isVector(access.indirect[k].op))
      add(times(checkedName(index, k), access.indirect[k].stride));
  return text.empty() ? "0" : text;
}

/// The offsets of all lanes.
std::string KernelWriter::gatherIndex(int index, const std::string& base) {
  const Access& access = m_plan.op(index).access;
  std::string text = base;
  const std::int64_t stride = access.strides[static_cast<std::size_t>(m_plan.laneAxis())];
  if (stride != 0) {
    m_expressions.use("laneNumbers");
    text += " + " + times("laneNumbers()", stride);
  }
  for (std::size_t k = 0; k < access.indirect.size(); ++k)
    if (m_plan.isVector(access.indirect[k].op))
      text += " + " + times(checkedName(index, k), access.indirect[k].stride);
  return text;
}

std::string KernelWriter::loadExpression(int index) {
  const LoopOp& op = m_plan.op(index);
  const DType stored = m_plan.nest.buffers[static_cast<std::size_t>(op.access.buffer)].dtype;
  const std::string buffer = bufferName(op.access.buffer);
  const std::string address = addressOf(index, true);
  const auto convert = [&](const std::string& value, bool isVector) {
    return m_expressions.fromStorage(value, stored, op.dtype, isVector);
  };
  if (!m_plan.isVector(index)) return convert(buffer + "[" + address + "]", false);
  if (isGather(op.access)) {
    m_expressions.use("gather");
    return convert("gather(" + buffer + ", " + gatherIndex(index, address) + ", n)", true);
  }
  const std::int64_t stride = op.access.strides[static_cast<std::size_t>(m_plan.laneAxis())];
  if (stride == 0) return "spread(" + convert(buffer + "[" + address + "]", false) + ")";
  if (stride == 1) {
    m_expressions.use("load");
    return convert("load(" + buffer + " + " + address + ", n)", true);
  }
  m_expressions.use("loadStrided");
  return convert(
      "loadStrided(" + buffer + " + (" + address + "), " + std::to_string(stride) + ", n)", true);
}

void KernelWriter::writeStore(int index) {
  const int value = m_plan.op(index).operands[0];
  writeElement(index, m_expressions.operand(value, m_plan.isVector(index)));
}

/// Stores `element`, which has the dtype of the op's operand.
void KernelWriter::writeElement(int index, const std::string& element) {
  const LoopOp& op = m_plan.op(index);
  const int value = op.operands[0];
  const DType stored = m_plan.nest.buffers[static_cast<std::size_t>(op.access.buffer)].dtype;
  const bool isVector = m_plan.isVector(index);
  const std::string buffer = bufferName(op.access.buffer);
  const std::string address = addressOf(index, true);
  const std::string text =
      m_expressions.toStorage(element, m_plan.op(value).dtype, stored, isVector);
  writeChecks(index);
  if (!isVector) {
    m_code.line(buffer + "[" + address + "] = " + text + ";");
    return;
  }
  const std::int64_t stride = op.access.strides[static_cast<std::size_t>(m_plan.laneAxis())];
  if (isGather(op.access)) {
    m_expressions.use("scatter");
    m_code.line("scatter(" + buffer + ", " + gatherIndex(index, address) + ", " + text + ", n);");
  } else if (stride == 1) {
    const std::string callee = m_plan.isStreamed(op.access.buffer) ? "stream" : "store";
    m_expressions.use(callee);
    m_code.line(callee + "(" + buffer + " + " + address + ", " + text + ", n);");
  } else {
    m_expressions.use("storeStrided");
    m_code.line("storeStrided(" + buffer + " + (" + address + "), " + std::to_string(stride) +
                ", " + text + ", n);");
  }
}

}  // namespace core::codegen
