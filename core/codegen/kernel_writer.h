#pragma once

// The writer behind writeCpuKernel(): one object writes one kernel. Private to core/codegen; its
// parts are kernel_access.cpp (addresses, loads, stores), kernel_passes.cpp (sweeps over the inner
// axes), kernel_panel.cpp and kernel_slot.cpp (sums over columns) and write_cpu_kernel.cpp (the
// frame).

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/codegen/code_writer.h"
#include "core/codegen/cpu_expressions.h"
#include "core/codegen/kernel.h"
#include "core/codegen/kernel_plan.h"

namespace core::codegen {

/// "value * factor", or the value alone.
std::string times(const std::string& value, std::int64_t factor);

class KernelWriter {
 public:
  explicit KernelWriter(const schedule::LoopNest& nest)
      : m_plan(planKernel(nest)), m_expressions(m_plan) {}

  /// The kernel of `original`, the nest that the plan was made of.
  Result<KernelSource> write(const schedule::LoopNest& original);

 private:
  bool isPanel() const { return m_plan.panel > 1; }
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
  void openBody(int pass);
  void writeBody(int pass);
  void writeLoops(int pass, int axis);
  void writeVectorLoop(int pass, const std::string& from, const std::string& to);
  void writeChunked(int pass, int axis, std::int64_t chunk);
  void writeLastLanes(int pass);
  void writeResults(const PassPlan& pass);
  void writePasses();
  void writeColumns();
  void writeSlot();
  void writeColumnSums();
  void writePanel();
  void writePanelTotals();
  void writePanelSweep();
  void writePanelFinish();
  void writePanelLoop(const std::string& call);
  bool isWideTotal(int index) const;
  void writeOp(int index);
  void writeReduceStep(int index);
  void writeStore(int index);
  void writeElement(int index, const std::string& value);
  std::string loadExpression(int index);
  std::string addressOf(int index, bool withLanes);
  std::string gatherIndex(int index, const std::string& base);
  void writeChecks(int index);
  void writeRowChecks(int index, int depth);
  void writeCheck(int index, std::size_t k);
  bool isCheckedByRow(int index, std::size_t k) const;
  std::string checkedName(int index, std::size_t term) const;
  bool isGather(const schedule::Access& access) const;
  std::string axisName(int axis) const;
  std::string accumulator(int index) const;
  std::string pointInRow() const;
  std::string keptPlace(int index) const;
  std::string passCall(int pass, const std::string& position, int chain,
                       const std::string& count) const;
  int chooseChains(const PassPlan& pass) const;
  std::string mergedChains(int index, const std::string& name);
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
  bool m_isChunked = false;  ///< the pass at hand is cut into chunks
  int m_chains = 1;          ///< accumulators of each of its reductions
};

}  // namespace core::codegen
