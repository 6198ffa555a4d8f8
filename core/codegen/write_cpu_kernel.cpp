// From plan to text. The shape of every kernel:
//
//   prelude                    types and the functions used
//   static void work(...)      buffers as parameters, because only those may be __restrict
//     for each unit            a row, a block of columns, or a block of a long axis
//       row-level ops          depth 0
//       pass 0                 a lambda for the body, called for full vectors and for the last
//       lanes row-level ops          depth 1, from the reductions of pass 0 pass 1 ...
//   extern "C" void name(...)  unpacks the buffers
//
// Identifiers come from positions in the nest, never from tensor names; those stand in comments.
//
// Long sums of floats are added to a total in double after every kChunk additions, so that the
// error does not grow with the length of the row.

#include "core/codegen/write_cpu_kernel.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/codegen/code_writer.h"
#include "core/codegen/cpu_expressions.h"
#include "core/codegen/cpu_prelude.h"

namespace core::codegen {
namespace {

using ir::DType;
using schedule::Access;
using schedule::BufferAccess;
using schedule::LoopNest;
using schedule::LoopOp;
using schedule::LoopOpKind;
using schedule::ReduceFn;

constexpr std::int64_t kChunk = 256;

std::string times(const std::string& value, std::int64_t factor) {
  return factor == 1 ? value : value + " * " + std::to_string(factor);
}

class KernelWriter {
 public:
  explicit KernelWriter(const LoopNest& nest) : m_plan(planKernel(nest)), m_expressions(m_plan) {}

  Result<KernelSource> write(const LoopNest& original);

 private:
  bool isRows() const { return m_plan.vectorAxis == VectorAxis::Inner; }
  bool isColumns() const { return m_plan.vectorAxis == VectorAxis::Outer; }
  int outerCount() const { return static_cast<int>(m_plan.nest.outer.size()); }
  int lastAxis() const { return m_plan.axisCount() - 1; }

  Result<void> checkTypes() const;
  void writeWork();
  void writeParameters();
  void writeEntry();
  void writeKeptRows();
  void writeUnitPosition();
  void writeRowOps(int depth);
  void writePass(int pass);
  void writeAccumulators(const PassPlan& pass);
  void writeBody(int pass);
  void writeLoops(int pass, int axis);
  void writeVectorLoop(int pass, const std::string& from, const std::string& to);
  void writeChunked(int pass, int axis, std::int64_t chunk);
  void writeLastLanes(int pass);
  void writeResults(const PassPlan& pass);
  void writeOp(int index);
  void writeReduceStep(int index);
  void writeStore(int index);
  std::string loadExpression(int index);
  std::string addressOf(int index, bool withLanes);
  std::string gatherIndex(int index, const std::string& base);
  void writeChecks(int index);
  std::string checkedName(int index, std::size_t term) const;
  bool isGather(const Access& access) const;
  std::string axisName(int axis) const;
  std::string accumulator(int index) const;
  std::string keptPlace(int index) const;
  std::string callArguments(const std::string& position, const std::string& count) const;
  std::string typeOf(int index) const;
  std::string bufferName(int index) const;
  bool splitsSum(int index) const;
  int chunkAxis(std::int64_t& chunk) const;
  std::string title() const;
  std::vector<std::string> notes() const;

  KernelPlan m_plan;
  CpuExpressions m_expressions;
  CodeWriter m_code;
  bool m_checksIndices = false;
  bool m_isChunked = false;
};

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

// ---- names

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

bool KernelWriter::splitsSum(int index) const {
  const LoopOp& op = m_plan.op(index);
  return m_isChunked && op.kind == LoopOpKind::Reduce && op.reduce == ReduceFn::Sum &&
         ir::isFloatingPoint(op.dtype);
}

std::string KernelWriter::accumulator(int index) const {
  return (splitsSum(index) ? "part_" : "total_") + std::to_string(index);
}

/// Where a kept value of this point lies in its row.
std::string KernelWriter::keptPlace(int index) const {
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
  return m_expressions.name(index) + "_row[" + at + "]";
}

// ---- addresses

bool KernelWriter::isGather(const Access& access) const {
  return std::any_of(access.indirect.begin(), access.indirect.end(),
                     [&](const auto& term) { return m_plan.isVector(term.op); });
}

std::string KernelWriter::checkedName(int index, std::size_t term) const {
  return "at_" + std::to_string(index) + (term ? "_" + std::to_string(term) : "");
}

/// One checked index for every gather term of the access.
void KernelWriter::writeChecks(int index) {
  const Access& access = m_plan.op(index).access;
  for (std::size_t k = 0; k < access.indirect.size(); ++k) {
    const auto& term = access.indirect[k];
    const bool isVector = m_plan.isVector(term.op);
    m_expressions.use(isVector ? "checkedVector" : "checked");
    m_code.line("const " + std::string(isVector ? "i64v " : "i64 ") + checkedName(index, k) +
                " = checked(" + m_expressions.name(term.op) + ", " + std::to_string(term.bound) +
                ", status" + (isVector ? ", n);" : ");"));
  }
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
  const LoopOp& op = m_plan.op(index);
  const int value = op.operands[0];
  const DType stored = m_plan.nest.buffers[static_cast<std::size_t>(op.access.buffer)].dtype;
  const bool isVector = m_plan.isVector(index);
  const std::string buffer = bufferName(op.access.buffer);
  const std::string address = addressOf(index, true);
  const std::string text = m_expressions.toStorage(m_expressions.operand(value, isVector),
                                                   m_plan.op(value).dtype, stored, isVector);
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
    m_expressions.use("store");
    m_code.line("store(" + buffer + " + " + address + ", " + text + ", n);");
  } else {
    m_expressions.use("storeStrided");
    m_code.line("storeStrided(" + buffer + " + (" + address + "), " + std::to_string(stride) +
                ", " + text + ", n);");
  }
}

// ---- ops

void KernelWriter::writeReduceStep(int index) {
  const LoopOp& op = m_plan.op(index);
  const bool isVector = isRows() || isColumns();
  std::string value = m_expressions.operand(op.operands[0], isVector);
  if (isRows() && m_plan.axisSize(lastAxis()) % m_plan.lanes != 0) {
    m_expressions.use("keep");
    value = "keep(" + value + ", " + m_expressions.identity(op, true) + ", n)";
  }
  const std::string total = accumulator(index);
  m_code.line(total + " = " + m_expressions.combine(op, total, value, isVector) + ";");
}

void KernelWriter::writeOp(int index) {
  const LoopOp& op = m_plan.op(index);
  const auto define = [&](const std::string& value) {
    m_code.line("const " + typeOf(index) + " " + m_expressions.name(index) + " = " + value + ";");
  };
  switch (op.kind) {
    case LoopOpKind::Constant: return;
    case LoopOpKind::Store: writeStore(index); return;
    case LoopOpKind::Reduce: writeReduceStep(index); return;
    case LoopOpKind::Compute: define(m_expressions.compute(index)); break;
    case LoopOpKind::Load:
      writeChecks(index);
      define(loadExpression(index));
      break;
    case LoopOpKind::Index: {
      const bool isLane = m_plan.isVector(index) && op.axis == m_plan.laneAxis();
      if (isLane) m_expressions.use("laneNumbers");
      const std::string position = axisName(op.axis);
      define(isLane                   ? position + " + laneNumbers()"
             : m_plan.isVector(index) ? "spread(" + position + ")"
                                      : position);
      break;
    }
  }
  if (m_plan.planOf(index).isKept)
    m_code.line(keptPlace(index) + " = " + m_expressions.name(index) + ";");
}

void KernelWriter::writeRowOps(int depth) {
  for (int i = 0; i < static_cast<int>(m_plan.ops.size()); ++i) {
    const OpPlan& own = m_plan.planOf(i);
    if (own.isElement || own.depth != depth || m_plan.op(i).kind == LoopOpKind::Reduce) continue;
    writeOp(i);
  }
}

// ---- passes

/// The axis whose iterations are cut into chunks so that no accumulator takes more than kChunk
/// values in a row, and the chunk in iterations; -1 if rows are short.
int KernelWriter::chunkAxis(std::int64_t& chunk) const {
  std::int64_t below = 1;
  for (int axis = lastAxis(); axis >= outerCount(); --axis) {
    std::int64_t iterations = m_plan.axisSize(axis);
    if (axis == m_plan.laneAxis()) iterations = iterations / m_plan.lanes + 1;
    if (below * iterations > 2 * kChunk) {
      chunk = std::max<std::int64_t>(1, kChunk / below);
      return axis;
    }
    below *= std::max<std::int64_t>(1, iterations);
  }
  return -1;
}

void KernelWriter::writeAccumulators(const PassPlan& pass) {
  for (const int index : pass.computed) {
    const LoopOp& op = m_plan.op(index);
    if (op.kind != LoopOpKind::Reduce) continue;
    const bool isVector = isRows() || isColumns();
    const std::string type = isVector ? vectorType(op.dtype) : scalarType(op.dtype);
    const std::string start = m_expressions.identity(op, isVector);
    const std::string number = std::to_string(index);
    if (!splitsSum(index)) {
      m_code.line(type + " total_" + number + " = " + start + ";");
      continue;
    }
    m_code.line((isVector ? "f64v total_" : "f64 total_") + number + " = {};");
    m_code.line(type + " part_" + number + " = {};");
  }
}

void KernelWriter::writeBody(int pass) {
  const PassPlan& plan = m_plan.passes[static_cast<std::size_t>(pass)];
  std::string parameters;
  for (int axis = outerCount(); axis <= lastAxis(); ++axis)
    parameters.append(parameters.empty() ? "" : ", ").append("i64 ").append(axisName(axis));
  if (isRows()) parameters += ", auto n";
  m_code.open("const auto pass" + std::to_string(pass) + " = [&](" + parameters +
              ") __attribute__((always_inline)) {");
  for (int i = 0; i < static_cast<int>(m_plan.ops.size()); ++i) {
    if (std::count(plan.fetched.begin(), plan.fetched.end(), i))
      m_code.line("const " + typeOf(i) + " " + m_expressions.name(i) + " = " + keptPlace(i) + ";");
    if (std::count(plan.computed.begin(), plan.computed.end(), i)) writeOp(i);
  }
  m_code.close("};");
}

std::string KernelWriter::callArguments(const std::string& position,
                                        const std::string& count) const {
  std::string text;
  for (int axis = outerCount(); axis < lastAxis(); ++axis) text += axisName(axis) + ", ";
  text += position;
  return count.empty() ? text : text + ", " + count;
}

void KernelWriter::writeVectorLoop(int pass, const std::string& from, const std::string& to) {
  const std::string body = "pass" + std::to_string(pass) + "(";
  const std::string step = isRows() ? "c += L" : "++" + axisName(lastAxis());
  const std::string position = axisName(lastAxis());
  m_code.line("for (i64 " + position + " = " + from + "; " + position + " < " + to + "; " + step +
              ") " + body + callArguments(position, isRows() ? "All{}" : "") + ");");
}

void KernelWriter::writeLastLanes(int pass) {
  const std::int64_t size = m_plan.axisSize(lastAxis());
  const std::int64_t rest = isRows() ? size % m_plan.lanes : 0;
  if (rest == 0) return;
  const std::string condition =
      m_plan.block ? "if (block == " + std::to_string((size - 1) / m_plan.block) + ") " : "";
  m_code.line(condition + "pass" + std::to_string(pass) + "(" +
              callArguments(std::to_string(size - rest), "First<" + std::to_string(rest) + ">{}") +
              ");");
}

/// The loop over `axis` in chunks, the partial sums added to the totals after each.
void KernelWriter::writeChunked(int pass, int axis, std::int64_t chunk) {
  const PassPlan& plan = m_plan.passes[static_cast<std::size_t>(pass)];
  const bool isLane = axis == m_plan.laneAxis();
  const std::int64_t size = m_plan.axisSize(axis);
  const std::int64_t end = isLane ? size - size % m_plan.lanes : size;
  const std::string limit = std::to_string(end);
  const std::string step = std::to_string(isLane ? chunk * m_plan.lanes : chunk);
  const auto addParts = [&] {
    for (const int index : plan.computed) {
      if (!splitsSum(index)) continue;
      const std::string number = std::to_string(index);
      const bool isVector = isRows() || isColumns();
      m_code.line(
          "total_" + number + " += " +
          (isVector ? "__builtin_convertvector(part_" + number + ", f64v)" : "part_" + number) +
          ";");
      m_code.line("part_" + number + " = {};");
    }
  };
  m_code.open("for (i64 chunk = 0; chunk < " + limit + "; chunk += " + step + ") {");
  m_code.line("const i64 end = chunk + " + step + " < " + limit + " ? chunk + " + step + " : " +
              limit + ";");
  if (axis == lastAxis()) {
    writeVectorLoop(pass, "chunk", "end");
  } else {
    const std::string name = axisName(axis);
    m_code.open("for (i64 " + name + " = chunk; " + name + " < end; ++" + name + ") {");
    writeLoops(pass, axis + 1);
    m_code.close();
  }
  addParts();
  m_code.close();
  if (axis == lastAxis()) {
    writeLastLanes(pass);
    if (isLane && size != end) addParts();
  }
}

void KernelWriter::writeLoops(int pass, int axis) {
  std::int64_t chunk = 0;
  if (m_isChunked && axis == chunkAxis(chunk)) {
    writeChunked(pass, axis, chunk);
    return;
  }
  const std::int64_t size = m_plan.axisSize(axis);
  if (axis == lastAxis()) {
    if (m_plan.block) {
      writeVectorLoop(pass, "from", "to");
    } else {
      const std::int64_t end = isRows() ? size - size % m_plan.lanes : size;
      if (end > 0) writeVectorLoop(pass, "0", std::to_string(end));
    }
    writeLastLanes(pass);
    return;
  }
  const std::string name = axisName(axis);
  m_code.open("for (i64 " + name + " = 0; " + name + " < " + std::to_string(size) + "; ++" + name +
              ") {");
  writeLoops(pass, axis + 1);
  m_code.close();
}

void KernelWriter::writeResults(const PassPlan& pass) {
  for (const int index : pass.computed) {
    const LoopOp& op = m_plan.op(index);
    if (op.kind != LoopOpKind::Reduce) continue;
    const std::string total = "total_" + std::to_string(index);
    std::string value = total;
    const bool isWide = splitsSum(index);
    if (isRows()) {
      m_expressions.use("fold");
      const std::string type = isWide ? "f64v" : vectorType(op.dtype);
      value = "fold(" + total + ", [](" + type + " a, " + type + " b) { return " +
              m_expressions.combine(op, "a", "b", true) + "; })[0]";
      if (op.dtype == DType::Bool) value += " != 0";
    }
    if (isWide)
      value = isColumns() ? "__builtin_convertvector(" + value + ", " + typeOf(index) + ")"
                          : "(" + typeOf(index) + ")" + value;
    m_code.line("const " + typeOf(index) + " " + m_expressions.name(index) + " = " + value + ";");
  }
}

void KernelWriter::writePass(int pass) {
  const PassPlan& plan = m_plan.passes[static_cast<std::size_t>(pass)];
  std::int64_t chunk = 0;
  m_isChunked = chunkAxis(chunk) >= 0 && !m_plan.block &&
                std::any_of(plan.computed.begin(), plan.computed.end(), [&](int index) {
                  const LoopOp& op = m_plan.op(index);
                  return op.kind == LoopOpKind::Reduce && op.reduce == ReduceFn::Sum &&
                         ir::isFloatingPoint(op.dtype);
                });
  writeAccumulators(plan);
  writeBody(pass);
  writeLoops(pass, outerCount());
  writeResults(plan);
}

// ---- the frame

void KernelWriter::writeKeptRows() {
  for (int i = 0; i < static_cast<int>(m_plan.ops.size()); ++i) {
    if (!m_plan.planOf(i).isKept) continue;
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
  for (int axis = outerCount() - 1; axis >= 0; --axis) {
    if (axis == lanes) {
      take("block", (m_plan.axisSize(axis) + m_plan.lanes - 1) / m_plan.lanes, axis == 0);
      m_code.line("const i64 c = block * L;");
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
                bufferName(static_cast<int>(i)) + ",  // " + buffer.name + " : " +
                std::string(ir::dtypeName(buffer.dtype)));
  }
  if (m_checksIndices) m_code.line("i32* status,");
  m_code.line("i64 begin, i64 end) {");
}

void KernelWriter::writeWork() {
  m_code.open("static void work(");
  writeParameters();
  writeKeptRows();
  m_code.open("for (i64 unit = begin; unit < end; ++unit) {");
  writeUnitPosition();
  if (isColumns()) m_code.open("const auto columns = [&](auto n) __attribute__((always_inline)) {");
  writeRowOps(0);
  for (int pass = 0; pass < static_cast<int>(m_plan.passes.size()); ++pass) {
    writePass(pass);
    writeRowOps(pass + 1);
  }
  if (isColumns()) {
    m_code.close("};");
    const std::int64_t size = m_plan.axisSize(m_plan.laneAxis()), rest = size % m_plan.lanes;
    if (rest == 0) {
      m_code.line("columns(All{});");
    } else {
      m_code.line("if (c + L <= " + std::to_string(size) + ")");
      m_code.line("  columns(All{});");
      m_code.line("else");
      m_code.line("  columns(First<" + std::to_string(rest) + ">{});");
    }
  }
  m_code.close();
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
    case VectorAxis::Outer: result.push_back(lanes + " columns side by side"); break;
    case VectorAxis::None: result.push_back("one element at a time"); break;
  }
  if (!m_plan.isPointwise)
    result.push_back(std::to_string(m_plan.passes.size()) + " passes over each row");
  for (int i = 0; i < static_cast<int>(m_plan.ops.size()); ++i)
    if (m_plan.planOf(i).isKept)
      result.push_back(m_expressions.name(i) + " is kept for the row, not computed again");
  result.push_back(std::to_string(m_plan.units) + " units of work, at least " +
                   std::to_string(m_plan.grain) + " for a thread");
  return result;
}

}  // namespace

Result<KernelSource> writeCpuKernel(const schedule::LoopNest& nest) {
  return KernelWriter(nest).write(nest);
}

}  // namespace core::codegen
