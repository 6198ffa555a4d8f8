// What a thread's reductions accumulate in, and how the threads of a row or a column meet: by
// shuffles within a warp, then through shared memory, always in the same order.

#include <algorithm>

#include "core/codegen/cpu_expressions.h"
#include "core/codegen/cuda_writer.h"

namespace core::codegen {

using schedule::LoopOp;
using schedule::LoopOpKind;

namespace {

constexpr int kWarp = 32;
constexpr const char* kMinusInfinity = "__uint_as_float(0xff800000u)";

std::string text(std::int64_t number) {
  return std::to_string(number);
}

}  // namespace

std::string CudaWriter::accumulator(int reduction) const {
  return m_plan.isOnline(reduction) ? "over_" + text(reduction) : m_expressions.variable(reduction);
}

std::string CudaWriter::accumulatorType(int reduction) const {
  return m_plan.isOnline(reduction) ? "ExpSum" : scalarType(kernel().op(reduction).dtype);
}

std::string CudaWriter::accumulatorStart(int reduction) {
  if (!m_plan.isOnline(reduction)) return m_expressions.identity(kernel().op(reduction));
  m_expressions.use("expSum");
  return "{" + std::string(kMinusInfinity) + ", 0.0f}";
}

/// The statement that adds what another thread has.
std::string CudaWriter::combined(int reduction, const std::string& other) {
  const std::string own = accumulator(reduction);
  const std::string sum = m_plan.isOnline(reduction)
                              ? "together(" + own + ", " + other + ")"
                              : m_expressions.combine(kernel().op(reduction), own, other);
  return own + " = " + sum + ";";
}

/// The elements of a vector whose exponentials are added together.
void CudaWriter::declareChunks(const std::vector<int>& computed) {
  for (const int index : computed) {
    if (!m_plan.isOnline(index)) continue;
    const std::string chunk = "chunk_" + text(index);
    m_code.line("f32 " + chunk + "[" + text(m_plan.lanes()) + "];");
    if (!m_isEnd) continue;
    openLanes();
    m_code.line(chunk + "[e] = " + std::string(kMinusInfinity) + ";");
    m_code.close();
  }
}

void CudaWriter::addChunks(const std::vector<int>& computed) {
  for (const int index : computed)
    if (m_plan.isOnline(index))
      m_code.line(accumulator(index) + " = withMore(" + accumulator(index) + ", chunk_" +
                  text(index) + ");");
}

/// All threads of a row get the row's totals.
void CudaWriter::writeRowMerge(const std::vector<int>& reductions) {
  if (m_plan.threads == 1) return;
  m_expressions.use("shuffle");
  m_code.line("#pragma unroll");
  m_code.open("for (int m = " + text(std::min(kWarp, m_plan.threads) / 2) + "; m > 0; m /= 2) {");
  for (const int index : reductions)
    m_code.line(combined(index, "across(" + accumulator(index) + ", m)"));
  m_code.close();
  const int warps = m_plan.threads / kWarp;
  if (warps <= 1) return;
  for (const int index : reductions)
    m_code.line("__shared__ " + accumulatorType(index) + " part_" + text(index) + "[" +
                text(warps) + "];");
  m_code.open("if (t % 32 == 0) {");
  for (const int index : reductions)
    m_code.line("part_" + text(index) + "[t / 32] = " + accumulator(index) + ";");
  m_code.close();
  m_code.line("__syncthreads();");
  for (const int index : reductions)
    m_code.line(accumulator(index) + " = part_" + text(index) + "[0];");
  m_code.line("#pragma unroll");
  m_code.open("for (int w = 1; w < " + text(warps) + "; ++w) {");
  for (const int index : reductions) m_code.line(combined(index, "part_" + text(index) + "[w]"));
  m_code.close();
}

/// All threads of a column get its totals.
void CudaWriter::writeColumnMerge(const std::vector<int>& reductions) {
  if (m_plan.groups == 1) return;
  const std::string lanes = text(m_plan.lanes()), threads = text(m_plan.threads);
  for (const int index : reductions)
    m_code.line("__shared__ " + scalarType(kernel().op(index).dtype) + " part_" + text(index) +
                "[" + text(std::int64_t{m_plan.groups} * m_plan.lanes() * m_plan.threads) + "];");
  openLanes();
  for (const int index : reductions)
    m_code.line("part_" + text(index) + "[(t * " + lanes + " + e) * " + threads +
                " + x] = " + m_expressions.variable(index) + "[e];");
  m_code.close();
  m_code.line("__syncthreads();");
  openLanes();
  for (const int index : reductions)
    m_code.line(m_expressions.variable(index) + "[e] = part_" + text(index) + "[e * " + threads +
                " + x];");
  m_code.line("#pragma unroll");
  m_code.open("for (int g = 1; g < " + text(m_plan.groups) + "; ++g) {");
  for (const int index : reductions) {
    const std::string name = m_expressions.variable(index) + "[e]";
    const std::string other =
        "part_" + text(index) + "[(g * " + lanes + " + e) * " + threads + " + x]";
    m_code.line(name + " = " + m_expressions.combine(kernel().op(index), name, other) + ";");
  }
  m_code.close();
  m_code.close();
}

}  // namespace core::codegen
