#pragma once

// The writer behind writeCudaKernel(): one object writes one kernel. Private to core/codegen; its
// parts are cuda_access.cpp (positions, addresses, loads, stores), cuda_passes.cpp (sweeps over
// rows), cuda_totals.cpp (what reductions accumulate in, and how threads meet), cuda_walk.cpp
// (blocks that walk rows) and write_cuda_kernel.cpp (the frame).

#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/codegen/code_writer.h"
#include "core/codegen/cuda_expressions.h"
#include "core/codegen/cuda_plan.h"
#include "core/codegen/kernel.h"

namespace core::codegen {

class CudaWriter {
 public:
  CudaWriter(const schedule::LoopNest& nest, const CudaTarget& target)
      : m_plan(planCudaKernel(nest, target)),
        m_expressions(m_plan),
        m_multiprocessors(target.multiprocessors) {}

  /// The kernel of `original`, the nest that the plan was made of.
  Result<KernelSource> write(const schedule::LoopNest& original);
  bool hasVectors() const { return m_plan.lanes() > 1; }

 private:
  const KernelPlan& kernel() const { return m_plan.kernel; }
  bool isPoints() const { return m_plan.shape == CudaShape::Points; }
  bool isRows() const { return m_plan.shape == CudaShape::Rows; }
  bool isColumns() const { return m_plan.shape == CudaShape::Columns; }
  bool isSplit() const { return m_plan.splits > 1; }
  int outerCount() const { return static_cast<int>(kernel().nest.outer.size()); }
  int opCount() const { return static_cast<int>(kernel().ops.size()); }
  int passCount() const { return static_cast<int>(kernel().passes.size()); }

  // The frame.
  Result<void> checkTypes() const;
  void writeEntry(int stage);
  void writeParameters();
  void writeStagePasses(int stage);
  void writeUnit();
  void writeColumnUnit();
  bool hasFinish() const;
  std::vector<int> arguments() const;
  KernelLaunch launchOf(int stage) const;
  void placeParts();

  // Sweeps.
  void writeHeldArrays();
  void writeLoadPhase();
  void writeRowOps(int depth, bool storesToo);
  void writePass(int pass);
  void openSteps();
  void writeRaggedShift();
  void writeRaggedStart();
  void writeRaggedSweep(const PassPlan& pass);
  void writeLanes(const std::vector<int>& computed, const std::vector<int>& fetched);
  void closeSteps();
  void writeBody(const std::vector<int>& computed, const std::vector<int>& fetched);
  void openLanes();
  void writeOp(int index);
  void define(int index, const std::string& value);
  void declareReductions(int pass);
  void writeMerge(int pass);
  void writeRowMerge(const std::vector<int>& reductions);
  void writeColumnMerge(const std::vector<int>& reductions);
  void writeParts(int pass);
  void readParts(int pass);
  std::vector<int> reductionsOf(int pass) const;

  // Blocks that walk the rows of a slot, and sum their columns.
  void writeWalk();
  void writeWalkLoads(const std::vector<bool>& which);
  void writeNextRow();
  void unravelRow(const std::string& source);
  void writeAccumulate(int index);
  void writeSums();
  bool sharesAfterOneWait() const;

  // Sums of exponentials that are made along with the maximum.
  std::string accumulator(int reduction) const;
  std::string accumulatorType(int reduction) const;
  std::string accumulatorStart(int reduction);
  std::string combined(int reduction, const std::string& other);
  void declareChunks(const std::vector<int>& computed);
  void addChunks(const std::vector<int>& computed);

  // Memory.
  void unravel(const std::string& source, std::vector<int> axes, bool inVectors);
  std::string axisName(int axis, bool isPacked) const;
  bool isPackedHere(int index) const { return !m_isEnd && m_plan.isPacked(index); }
  void writeElementwisePack(int index);
  std::string addressOf(int index, bool isPacked);
  std::string bufferName(int index) const;
  ir::DType storedType(int index) const;
  std::string packType(int index) const;
  bool isPackedLoad(int index) const;
  void writePackedLoads(const std::vector<int>& computed);
  void declarePackedStores(const std::vector<int>& computed);
  void writePackedStores(const std::vector<int>& computed);
  std::string loadExpression(int index);
  void writeStore(int index);
  std::string storeGuard(int index) const;
  bool isHalf(int index) const;
  void writeCheck(int index, std::size_t term);
  void writeChecks(int index);
  void writeRowChecks(int index, int depth);
  bool isCheckedByRow(int index, std::size_t term) const;
  std::string checkedName(int index, std::size_t term) const;
  std::string slot() const { return m_plan.residence == Residence::Registers ? "k" : "v"; }

  CudaPlan m_plan;
  CudaExpressions m_expressions;
  CodeWriter m_code;
  int m_multiprocessors = 0;
  bool m_checksIndices = false;
  const char* m_rowArray = "held_";     ///< where loads of a row are put
  bool m_isEnd = false;                 ///< the body at hand is for vectors at the ends of rows
  std::vector<bool> m_isHeld;           ///< by op: the load has been made in this entry
  std::vector<std::int64_t> m_partsAt;  ///< by op: a reduction's place in the workspace
  std::int64_t m_workspaceBytes = 0;
};

}  // namespace core::codegen
