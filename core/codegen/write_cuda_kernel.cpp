// From plan to text. The shape of every entry:
//
//   position of the row, or of the thread's columns
//   row-level ops                depth 0
//   loads that are held
//   pass 0                       a loop over the thread's steps, unrolled where they are held
//   the threads of the row meet  they all get the totals
//   row-level ops                depth 1, from the reductions of pass 0
//   pass 1 ...
//
// With splits, entry n makes pass n only and begins by combining the parts of earlier passes.
//
// Identifiers come from positions in the nest, never from names.

#include "core/codegen/write_cuda_kernel.h"

#include <algorithm>
#include <memory>

#include "core/codegen/cpu_expressions.h"
#include "core/codegen/cuda_prelude.h"
#include "core/codegen/cuda_writer.h"

namespace core::codegen {

using ir::DType;
using schedule::BufferAccess;
using schedule::LoopNest;
using schedule::LoopOp;
using schedule::LoopOpKind;

namespace {

std::string text(std::int64_t number) {
  return std::to_string(number);
}

std::int64_t ceilDivide(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

/// An identifier that no function of the prelude has: what could end a name becomes an underscore.
std::string entryName(const std::string& name) {
  std::string result = "run_";
  for (const char c : name) {
    const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    result += isPlain ? c : '_';
  }
  return result;
}

}  // namespace

Result<void> CudaWriter::checkTypes() const {
  const auto unsupported = [&](DType dtype) {
    return Error{ErrorCode::UnsupportedOp,
                 "Cannot generate kernel " + kernel().nest.name + ": values of dtype " +
                     std::string(ir::dtypeName(dtype)) +
                     " have no registers here. Run its operators in LibTorch.",
                 "", ""};
  };
  for (const schedule::KernelBuffer& buffer : kernel().nest.buffers)
    if (scalarType(buffer.dtype).empty()) return unsupported(buffer.dtype);
  for (const LoopOp& op : kernel().nest.ops)
    if (scalarType(op.dtype).empty()) return unsupported(op.dtype);
  return {};
}

/// Whether something is stored that needs the reductions of the last pass: with splits, a launch
/// of its own.
bool CudaWriter::hasFinish() const {
  for (int i = 0; i < opCount(); ++i)
    if (kernel().op(i).kind == LoopOpKind::Store && !kernel().planOf(i).isElement &&
        kernel().planOf(i).depth == passCount())
      return true;
  return false;
}

/// Places in the workspace, each aligned to 16 bytes.
void CudaWriter::placeParts() {
  m_partsAt.assign(kernel().ops.size(), 0);
  if (!isSplit()) return;
  for (int i = 0; i < opCount(); ++i) {
    const LoopOp& op = kernel().op(i);
    if (op.kind != LoopOpKind::Reduce) continue;
    m_partsAt[static_cast<std::size_t>(i)] = m_workspaceBytes;
    const std::int64_t bytes = std::max<std::int64_t>(4, ir::dtypeBytes(op.dtype));
    m_workspaceBytes += ceilDivide(bytes * m_plan.splits * m_plan.rowCount(), 16) * 16;
  }
}

std::vector<int> CudaWriter::arguments() const {
  std::vector<int> result;
  const int buffers = static_cast<int>(kernel().nest.buffers.size());
  for (int i = 0; i < buffers; ++i) result.push_back(i);
  if (m_checksIndices) result.push_back(buffers);
  if (isSplit()) result.push_back(KernelLaunch::kWorkspace);
  return result;
}

void CudaWriter::writeParameters() {
  std::vector<std::string> parameters;
  for (std::size_t i = 0; i < kernel().nest.buffers.size(); ++i) {
    const schedule::KernelBuffer& buffer = kernel().nest.buffers[i];
    const bool isReadOnly = buffer.access == BufferAccess::Read;
    parameters.push_back((isReadOnly ? "const " : "") + cudaStorageType(buffer.dtype) +
                         "* __restrict__ " + bufferName(static_cast<int>(i)));
  }
  if (m_checksIndices) parameters.emplace_back("i32* status");
  if (isSplit()) parameters.emplace_back("u8* workspace");
  for (std::size_t i = 0; i < parameters.size(); ++i)
    m_code.line(parameters[i] + (i + 1 < parameters.size() ? "," : ") {"));
}

/// The strip of columns that this thread's row-level values belong to.
void CudaWriter::writeColumnUnit() {
  const int lane = kernel().laneAxis();
  const std::int64_t strips = m_plan.strips();
  const std::int64_t blocks = ceilDivide(strips, m_plan.threads);
  m_code.line("[[maybe_unused]] const u32 x = threadIdx.x, t = threadIdx.y;");
  const bool isOnly = outerCount() == 1;
  m_code.line("uat strip = (uat)(blockIdx.x" + (isOnly ? "" : " % " + text(blocks)) + ") * " +
              text(m_plan.threads) + " + x;");
  m_code.line("[[maybe_unused]] const bool isInside = strip < " + text(strips) + ";");
  m_code.line("if (!isInside) strip = " + text(strips - 1) + ";");
  m_code.line("const at c = (at)(strip * " + text(m_plan.lanes()) + ");");
  const std::string others = "(uat)(blockIdx.x / " + text(blocks) + ")";
  if (!isOnly) {
    std::vector<int> axes;
    for (int axis = lane - 1; axis >= 0; --axis) axes.push_back(axis);
    unravel(others, axes, false);
  }
  if (isSplit())
    m_code.line("[[maybe_unused]] const at row = " +
                (isOnly ? "c" : "(at)" + others + " * " + text(kernel().axisSize(lane)) + " + c") +
                ";");
}

/// The row (or columns) of this thread, and its part of the steps.
void CudaWriter::writeUnit() {
  if (isPoints()) {
    m_code.line("const uat first = (uat)blockIdx.x * " +
                text(std::int64_t{m_plan.threads} * m_plan.count) + " + threadIdx.x;");
    return;
  }
  if (isColumns()) {
    writeColumnUnit();
  } else {
    m_code.line("[[maybe_unused]] const u32 t = threadIdx.x;");
    const bool isShared = m_plan.groups > 1;
    m_code.line("[[maybe_unused]] uat row = (uat)blockIdx.x" +
                (isShared ? " * " + text(m_plan.groups) + " + threadIdx.y" : "") + ";");
    if (isShared && m_plan.unitCount() % m_plan.groups != 0) {
      m_code.line("const bool isInside = row < " + text(m_plan.unitCount()) + ";");
      m_code.line("if (!isInside) row = " + text(m_plan.unitCount() - 1) + ";");
    }
    std::vector<int> axes;
    for (int axis = kernel().unitAxes() - 1; axis >= 0; --axis) axes.push_back(axis);
    unravel("row", axes, false);
  }
  if (!isSplit()) return;
  const std::int64_t part = ceilDivide(m_plan.steps(), m_plan.splits);
  m_code.line("[[maybe_unused]] const uat from = (uat)blockIdx.y * " + text(part) + ";");
  m_code.line("[[maybe_unused]] const uat to = from + " + text(part) + " < " +
              text(m_plan.steps()) + " ? from + " + text(part) + " : " + text(m_plan.steps()) +
              ";");
  for (int i = 0; i < opCount(); ++i) {
    const LoopOp& op = kernel().op(i);
    if (op.kind != LoopOpKind::Reduce) continue;
    const std::string type = scalarType(op.dtype);
    m_code.line("[[maybe_unused]] " + type + "* const parts_" + text(i) + " = (" + type +
                "*)(workspace + " + text(m_partsAt[static_cast<std::size_t>(i)]) + ");");
  }
}

void CudaWriter::writeStagePasses(int stage) {
  if (isPoints()) {
    writeLoadPhase();
    writePass(0);
    return;
  }
  writeRowOps(0, !isSplit() || stage == 0);
  if (!isSplit()) writeLoadPhase();
  for (int pass = 0; pass < passCount(); ++pass) {
    if (isSplit() && pass == stage) {
      writePass(pass);
      writeParts(pass);
      return;
    }
    if (isSplit())
      readParts(pass);
    else
      writePass(pass);
    writeRowOps(pass + 1, !isSplit() || stage == pass + 1);
  }
}

void CudaWriter::writeEntry(int stage) {
  m_isHeld.assign(kernel().ops.size(), false);
  const KernelLaunch launch = launchOf(stage);
  m_code.line("");
  m_code.open("extern \"C\" __global__ void __launch_bounds__(" +
              text(std::int64_t{launch.block[0]} * launch.block[1]) + ") " + launch.entry + "(");
  writeParameters();
  m_expressions.use("early");
  m_code.line("waitForEarlier();");
  if (std::int64_t{launch.grid[0]} * launch.grid[1] <= m_multiprocessors)
    m_code.line("letNextStart();");
  writeUnit();
  writeHeldArrays();
  if (m_plan.isFolded())
    writeWalk();
  else
    writeStagePasses(stage);
  m_code.close();
}

KernelLaunch CudaWriter::launchOf(int stage) const {
  KernelLaunch launch;
  launch.entry = entryName(kernel().nest.name) + (stage ? "_" + text(stage) : "");
  std::int64_t blocks = 0;
  switch (m_plan.shape) {
    case CudaShape::Points:
      blocks = ceilDivide(m_plan.rowCount() * m_plan.steps(),
                          std::int64_t{m_plan.threads} * m_plan.count);
      break;
    case CudaShape::Rows: blocks = ceilDivide(m_plan.unitCount(), m_plan.groups); break;
    case CudaShape::Columns:
      blocks = ceilDivide(m_plan.strips(), m_plan.threads) *
               (m_plan.rowCount() / kernel().axisSize(kernel().laneAxis()));
      break;
  }
  const bool isFinish = isSplit() && stage == passCount();
  launch.grid = {static_cast<std::uint32_t>(blocks),
                 static_cast<std::uint32_t>(isFinish ? 1 : m_plan.splits), 1};
  launch.block = {static_cast<std::uint32_t>(m_plan.threads),
                  static_cast<std::uint32_t>(m_plan.groups), 1};
  launch.sharedBytes = static_cast<std::uint32_t>(m_plan.sharedBytes);
  launch.arguments = arguments();
  return launch;
}

Result<KernelSource> CudaWriter::write(const LoopNest& original) {
  CORE_TRY_VOID(checkTypes());
  m_checksIndices = std::any_of(kernel().nest.ops.begin(), kernel().nest.ops.end(),
                                [](const LoopOp& op) { return !op.access.indirect.empty(); });
  placeParts();
  KernelSource source;
  source.language = KernelLanguage::Cuda;
  const bool isEmpty = m_plan.rowCount() == 0 || (isPoints() && m_plan.innerPoints() == 0);
  const int stages = isEmpty ? 0 : isSplit() ? passCount() + (hasFinish() ? 1 : 0) : 1;
  for (int stage = 0; stage < stages; ++stage) {
    writeEntry(stage);
    source.launches.push_back(launchOf(stage));
  }
  if (m_expressions.unsupported())
    return Error{ErrorCode::UnsupportedOp,
                 "Cannot generate kernel " + kernel().nest.name + ": there is no code for " +
                     *m_expressions.unsupported() + ". Run this operator in LibTorch.",
                 "", ""};
  source.name = kernel().nest.name;
  source.notes = m_plan.notes();
  for (const std::string& note : source.notes) source.source += "// " + note + "\n";
  const bool isWide = m_plan.wideIndex;
  source.source += "\n" + cudaPrelude(m_expressions.pieces()) +
                   "using at = " + (isWide ? "i64" : "i32") +
                   ";\nusing uat = " + (isWide ? "u64" : "u32") + ";\n" + m_code.text();
  source.loopText = schedule::loopNestText(original);
  source.units = stages == 0 ? 0 : m_plan.rowCount();
  source.checksIndices = m_checksIndices;
  source.workspaceBytes = m_workspaceBytes;
  return source;
}

Result<KernelSource> writeCudaKernel(const LoopNest& nest, const CudaTarget& target) {
  CudaWriter writer(nest, target);
  CORE_TRY(KernelSource source, writer.write(nest));
  if (!writer.hasVectors()) return source;
  CudaTarget plain = target;
  plain.hasVectors = false;
  CORE_TRY(KernelSource narrow, CudaWriter(nest, plain).write(nest));
  source.workspaceBytes = std::max(source.workspaceBytes, narrow.workspaceBytes);
  source.narrow = std::make_shared<const KernelSource>(std::move(narrow));
  return source;
}

}  // namespace core::codegen
