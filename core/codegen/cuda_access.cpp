// Where threads stand and what they touch: positions from thread numbers, addresses, accesses of
// 16 bytes, and gathers with their checks.

#include <algorithm>

#include "core/codegen/cpu_expressions.h"
#include "core/codegen/cuda_writer.h"
#include "core/codegen/kernel_writer.h"

namespace core::codegen {

using ir::DType;
using schedule::Access;
using schedule::BufferAccess;
using schedule::LoopOp;
using schedule::LoopOpKind;

/// Positions along `axes`, the first running fastest, from the number `source`. The lane axis
/// counts in vectors if `inVectors`.
void CudaWriter::unravel(const std::string& source, std::vector<int> axes, bool inVectors) {
  std::string rest = source;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const bool isLane = axes[i] == kernel().laneAxis() && inVectors;
    const std::int64_t scale = isLane ? m_plan.lanes() : 1;
    const std::int64_t size =
        isLane && m_plan.isRagged() ? m_plan.steps() : kernel().axisSize(axes[i]) / scale;
    const bool isLast = i + 1 == axes.size();
    const std::string own = isLast ? rest : rest + " % " + std::to_string(size);
    const bool isMoved = isLane && m_plan.isRagged();
    m_code.line(std::string("[[maybe_unused]] ") + (isMoved ? "at " : "const at ") +
                axisName(axes[i], true) + " = (at)(" +
                times(isLast || scale == 1 ? own : "(" + own + ")", scale) + ");");
    if (!isLast) rest += " / " + std::to_string(size);
  }
}

std::string CudaWriter::axisName(int axis, bool isPacked) const {
  if (axis == kernel().laneAxis()) return isPacked || m_plan.lanes() == 1 ? "c" : "(c + e)";
  return axis < outerCount() ? "i" + std::to_string(axis)
                             : "j" + std::to_string(axis - outerCount());
}

std::string CudaWriter::bufferName(int index) const {
  const auto at = static_cast<std::size_t>(index);
  const bool isReadOnly = kernel().nest.buffers[at].access == BufferAccess::Read;
  return (isReadOnly ? "in" : "out") + std::to_string(index);
}

DType CudaWriter::storedType(int index) const {
  return kernel().nest.buffers[static_cast<std::size_t>(kernel().op(index).access.buffer)].dtype;
}

std::string CudaWriter::packType(int index) const {
  return "Pack<" + cudaStorageType(storedType(index)) + ", " + std::to_string(m_plan.lanes()) + ">";
}

/// Whether the load's elements come from a pack: one access, or what the thread holds.
bool CudaWriter::isPackedLoad(int index) const {
  return m_plan.isPacked(index) || m_plan.isResident(index);
}

bool CudaWriter::isHalf(int index) const {
  const DType stored = storedType(index);
  return m_plan.lanes() > 1 && (stored == DType::BF16 || stored == DType::F16);
}

std::string CudaWriter::addressOf(int index, bool isPacked) {
  const Access& access = kernel().op(index).access;
  std::string text;
  const auto add = [&text](const std::string& term) { text += text.empty() ? term : " + " + term; };
  if (access.offset != 0) add(std::to_string(access.offset));
  for (int axis = 0; axis < kernel().axisCount(); ++axis) {
    const std::int64_t stride = access.strides[static_cast<std::size_t>(axis)];
    if (stride != 0) add(times(axisName(axis, isPacked), stride));
  }
  for (std::size_t k = 0; k < access.indirect.size(); ++k)
    add(times(checkedName(index, k), access.indirect[k].stride));
  return text.empty() ? "0" : text;
}

std::string CudaWriter::checkedName(int index, std::size_t term) const {
  return "at_" + std::to_string(index) + (term ? "_" + std::to_string(term) : "");
}

void CudaWriter::writeCheck(int index, std::size_t term) {
  const auto& indirect = kernel().op(index).access.indirect[term];
  m_expressions.use("checked");
  m_code.line("const at " + checkedName(index, term) + " = (at)checked(" +
              m_expressions.name(indirect.op) + ", " + std::to_string(indirect.bound) +
              ", status);");
}

/// An element-level access checks what it gathers by once per row where that is the same for the
/// whole row.
bool CudaWriter::isCheckedByRow(int index, std::size_t term) const {
  const int source = kernel().op(index).access.indirect[term].op;
  return !isColumns() && kernel().planOf(index).isElement && !kernel().planOf(source).isElement;
}

void CudaWriter::writeChecks(int index) {
  const Access& access = kernel().op(index).access;
  for (std::size_t k = 0; k < access.indirect.size(); ++k)
    if (!isCheckedByRow(index, k)) writeCheck(index, k);
}

void CudaWriter::writeRowChecks(int index, int depth) {
  const Access& access = kernel().op(index).access;
  for (std::size_t k = 0; k < access.indirect.size(); ++k)
    if (isCheckedByRow(index, k) && kernel().planOf(access.indirect[k].op).depth == depth)
      writeCheck(index, k);
}

/// The packs that a body reads, before its lanes.
void CudaWriter::writePackedLoads(const std::vector<int>& computed) {
  for (const int index : computed) {
    if (kernel().op(index).kind != LoopOpKind::Load || !isPackedLoad(index)) continue;
    const std::string number = std::to_string(index);
    const std::string held = m_rowArray + number + "[" + slot() + "]";
    const auto at = static_cast<std::size_t>(index);
    if (m_plan.isResident(index) && m_isHeld[at]) {
      m_code.line("const " + packType(index) + " pack_" + number + " = " + held + ";");
      continue;
    }
    if (isPackedHere(index)) {
      m_expressions.use("load");
      m_code.line("const " + packType(index) + " pack_" + number + " = load<" +
                  std::to_string(m_plan.lanes()) + ">(" +
                  bufferName(kernel().op(index).access.buffer) + " + " + addressOf(index, true) +
                  ");");
    } else {
      writeElementwisePack(index);
    }
    if (m_plan.isResident(index)) {
      m_code.line(held + " = pack_" + number + ";");
      m_isHeld[at] = m_plan.residence == Residence::Registers;
    }
  }
}

void CudaWriter::writeElementwisePack(int index) {
  const std::string pack = "pack_" + std::to_string(index);
  m_code.line(packType(index) + " " + pack + " = {};");
  openLanes();
  m_code.line((m_isEnd ? "if (isInRow(e)) " : "") + pack + ".v[e] = " +
              bufferName(kernel().op(index).access.buffer) + "[" + addressOf(index, false) + "];");
  m_code.close();
}

std::string CudaWriter::loadExpression(int index) {
  const LoopOp& op = kernel().op(index);
  const std::string element =
      isPackedLoad(index) ? "pack_" + std::to_string(index) + ".v[e]"
                          : bufferName(op.access.buffer) + "[" + addressOf(index, false) + "]";
  return m_expressions.fromStorage(element, storedType(index), op.dtype);
}

void CudaWriter::declarePackedStores(const std::vector<int>& computed) {
  for (const int index : computed) {
    if (kernel().op(index).kind != LoopOpKind::Store || !isPackedHere(index)) continue;
    const std::string number = std::to_string(index);
    if (isHalf(index))
      m_code.line("f32 half_" + number + "[" + std::to_string(m_plan.lanes()) + "];");
    else
      m_code.line(packType(index) + " pack_" + number + ";");
  }
}

void CudaWriter::writePackedStores(const std::vector<int>& computed) {
  for (const int index : computed) {
    if (kernel().op(index).kind != LoopOpKind::Store || !isPackedHere(index)) continue;
    const std::string number = std::to_string(index);
    const std::string place =
        bufferName(kernel().op(index).access.buffer) + " + " + addressOf(index, true);
    if (isHalf(index)) {
      const std::string callee = storedType(index) == DType::BF16 ? "storeBf16" : "storeF16";
      m_expressions.use(callee);
      m_code.line(storeGuard(index) + callee + "(" + place + ", half_" + number + ");");
      continue;
    }
    m_expressions.use("store");
    m_code.line(storeGuard(index) + "store<" + std::to_string(m_plan.lanes()) + ">(" + place +
                ", pack_" + number + ");");
  }
}

/// The condition under which this thread is the one that stores.
std::string CudaWriter::storeGuard(int index) const {
  std::vector<std::string> conditions;
  const bool isElement = kernel().planOf(index).isElement;
  if (isRows() && m_plan.groups > 1 && m_plan.unitCount() % m_plan.groups != 0)
    conditions.push_back("isInside");
  if (isColumns() && m_plan.strips() % m_plan.threads != 0) conditions.push_back("isInside");
  if (!isElement && !isPoints()) {
    if ((isColumns() ? m_plan.groups : m_plan.threads) > 1) conditions.push_back("t == 0");
    if (isSplit()) conditions.push_back("blockIdx.y == 0");
  }
  std::string text;
  for (const std::string& condition : conditions) text += (text.empty() ? "" : " && ") + condition;
  return text.empty() ? "" : "if (" + text + ") ";
}

void CudaWriter::writeStore(int index) {
  const LoopOp& op = kernel().op(index);
  const int value = op.operands[0];
  const std::string name = m_expressions.name(value);
  const DType from = kernel().op(value).dtype, stored = storedType(index);
  const std::string number = std::to_string(index);
  if (!isPackedHere(index)) {
    writeChecks(index);
    m_code.line(storeGuard(index) + bufferName(op.access.buffer) + "[" + addressOf(index, false) +
                "] = " + m_expressions.toStorage(name, from, stored) + ";");
  } else if (isHalf(index)) {
    m_code.line("half_" + number + "[e] = " + m_expressions.cast(name, from, DType::F32) + ";");
  } else {
    m_code.line("pack_" + number + ".v[e] = " + m_expressions.toStorage(name, from, stored) + ";");
  }
}

}  // namespace core::codegen
