// The sweeps over the inner axes. Each body is a lambda, written once and called for full vectors
// and for the last lanes of a row.
//
// A short body that reduces is bound by the latency of its accumulator, so it gets several, taken
// in turn by neighbouring vectors.
//
// Long sums of floats are added to a total in double after every kChunk additions, so that the
// error does not grow with the length of the row.

#include <algorithm>

#include "core/codegen/kernel_writer.h"
#include "core/codegen/op_cost.h"

namespace core::codegen {

using ir::DType;
using schedule::LoopOp;
using schedule::LoopOpKind;
using schedule::ReduceFn;

namespace {

constexpr std::int64_t kChunk = 256;
constexpr int kLatencyBoundCost = 16;  // of a body whose accumulators decide its time

}  // namespace

/// Accumulators of each reduction of the pass.
int KernelWriter::chooseChains(const PassPlan& pass) const {
  if (!isRows() || m_plan.axisSize(lastAxis()) < 8 * m_plan.lanes) return 1;
  int cost = 0, reductions = 0;
  for (const int index : pass.computed) {
    cost += opCost(m_plan.op(index));
    if (m_plan.op(index).kind == LoopOpKind::Reduce) ++reductions;
  }
  return reductions == 0 || cost > kLatencyBoundCost ? 1 : std::max(1, 64 / m_plan.lanes);
}

/// All accumulators of a reduction in one, by pairs.
std::string KernelWriter::mergedChains(int index, const std::string& name) {
  if (m_chains == 1) return name;
  const LoopOp& op = m_plan.op(index);
  std::vector<std::string> parts;
  for (int i = 0; i < m_chains; ++i) parts.push_back(name + "[" + std::to_string(i) + "]");
  while (parts.size() > 1) {
    std::vector<std::string> pairs;
    for (std::size_t i = 0; i < parts.size(); i += 2)
      pairs.push_back("(" + m_expressions.combine(op, parts[i], parts[i + 1], true) + ")");
    parts = std::move(pairs);
  }
  return parts[0];
}

void KernelWriter::writeReduceStep(int index) {
  const LoopOp& op = m_plan.op(index);
  const bool isVector = isRows() || isColumns();
  std::string value = m_expressions.operand(op.operands[0], isVector);
  if (isRows() && m_plan.axisSize(lastAxis()) % m_plan.lanes != 0) {
    m_expressions.use("keep");
    value = "keep(" + value + ", " + m_expressions.identity(op, true) + ", n)";
  }
  const std::string total = accumulator(index) + (m_chains > 1 ? "[u]" : "");
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
    case LoopOpKind::Accumulate: {
      const std::string sum = keptPlace(index);
      const bool isVector = m_plan.isVector(index);
      const std::string value = m_expressions.operand(op.operands[0], isVector);
      m_code.line(sum + " = " + m_expressions.combine(op, sum, value, isVector) + ";");
      return;
    }
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
    writeRowChecks(i, depth);
    const LoopOpKind kind = m_plan.op(i).kind;
    if (own.isElement || own.depth != depth || kind == LoopOpKind::Reduce) continue;
    writeOp(i);
  }
}
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
    if (splitsSum(index))
      m_code.line((isVector ? "f64v total_" : "f64 total_") + number + " = {};");
    const std::string name = accumulator(index);
    if (m_chains == 1) {
      m_code.line(type + " " + name + " = " + start + ";");
      continue;
    }
    m_code.line(type + " " + name + "[" + std::to_string(m_chains) + "];");
    m_code.line("for (auto& chain : " + name + ") chain = " + start + ";");
  }
}

void KernelWriter::openBody(int pass) {
  std::string parameters;
  for (int axis = outerCount(); axis <= lastAxis(); ++axis)
    parameters.append(parameters.empty() ? "" : ", ").append("i64 ").append(axisName(axis));
  if (m_chains > 1) parameters += ", int u";
  if (isRows()) parameters += ", auto n";
  m_code.open("const auto pass" + std::to_string(pass) + " = [&](" + parameters +
              ") __attribute__((always_inline)) {");
}

void KernelWriter::writeBody(int pass) {
  const PassPlan& plan = m_plan.passes[static_cast<std::size_t>(pass)];
  openBody(pass);
  for (int i = 0; i < static_cast<int>(m_plan.ops.size()); ++i) {
    if (std::count(plan.fetched.begin(), plan.fetched.end(), i))
      m_code.line("const " + typeOf(i) + " " + m_expressions.name(i) + " = " + keptPlace(i) + ";");
    if (std::count(plan.computed.begin(), plan.computed.end(), i)) writeOp(i);
  }
  m_code.close("};");
}

/// A call of the pass's body; `chain` is the accumulator it uses.
std::string KernelWriter::passCall(int pass, const std::string& position, int chain,
                                   const std::string& count) const {
  std::string text = "pass" + std::to_string(pass) + "(";
  for (int axis = outerCount(); axis < lastAxis(); ++axis) text += axisName(axis) + ", ";
  text += position;
  if (m_chains > 1) text += ", " + std::to_string(chain);
  return text + (count.empty() ? ");" : ", " + count + ");");
}

void KernelWriter::writeVectorLoop(int pass, const std::string& from, const std::string& to) {
  const std::string position = axisName(lastAxis());
  const std::string count = isRows() ? "All{}" : "";
  const std::string step = isRows() ? "c += L" : "++" + position;
  if (m_chains == 1) {
    m_code.line("for (i64 " + position + " = " + from + "; " + position + " < " + to + "; " + step +
                ") " + passCall(pass, position, 0, count));
    return;
  }
  const std::string chains = std::to_string(m_chains);
  m_code.line("i64 c = " + from + ";");
  m_code.open("for (; c + " + chains + " * L <= " + to + "; c += " + chains + " * L) {");
  for (int chain = 0; chain < m_chains; ++chain)
    m_code.line(passCall(pass, "c + " + std::to_string(chain) + " * L", chain, count));
  m_code.close();
  m_code.line("for (; c < " + to + "; c += L) " + passCall(pass, "c", 0, count));
}

void KernelWriter::writeLastLanes(int pass) {
  const std::int64_t size = m_plan.axisSize(lastAxis());
  const std::int64_t rest = isRows() ? size % m_plan.lanes : 0;
  if (rest == 0) return;
  const std::string condition =
      m_plan.block ? "if (block == " + std::to_string((size - 1) / m_plan.block) + ") " : "";
  m_code.line(condition + passCall(pass, std::to_string(size - rest), m_chains - 1,
                                   "First<" + std::to_string(rest) + ">{}"));
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
      const std::string part = mergedChains(index, "part_" + number);
      const bool isVector = isRows() || isColumns();
      m_code.line("total_" + number +
                  " += " + (isVector ? "__builtin_convertvector(" + part + ", f64v)" : part) + ";");
      const std::string zero = m_expressions.identity(m_plan.op(index), isVector);
      m_code.line(m_chains == 1 ? "part_" + number + " = " + zero + ";"
                                : "for (auto& chain : part_" + number + ") chain = " + zero + ";");
    }
  };
  m_code.open("for (i64 chunk = 0; chunk < " + limit + "; chunk += " + step + ") {");
  m_code.line("const i64 stop = chunk + " + step + " < " + limit + " ? chunk + " + step + " : " +
              limit + ";");
  if (axis == lastAxis()) {
    writeVectorLoop(pass, "chunk", "stop");
  } else {
    const std::string name = axisName(axis);
    m_code.open("for (i64 " + name + " = chunk; " + name + " < stop; ++" + name + ") {");
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
      if (m_chains > 1) m_code.open("{");
      if (end > 0) writeVectorLoop(pass, "0", std::to_string(end));
      if (m_chains > 1) m_code.close();
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
    const bool isWide = splitsSum(index);
    std::string value = isWide ? total : mergedChains(index, total);
    if (isRows()) {
      m_expressions.use("fold");
      const std::string type = isWide ? "f64v" : vectorType(op.dtype);
      value = "fold(" + value + ", [](" + type + " a, " + type + " b) { return " +
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
                std::any_of(plan.computed.begin(), plan.computed.end(),
                            [&](int index) { return isWideTotal(index); });
  m_chains = chooseChains(plan);
  writeAccumulators(plan);
  writeBody(pass);
  writeLoops(pass, outerCount());
  writeResults(plan);
}

}  // namespace core::codegen
