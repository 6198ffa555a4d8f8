#include "core/partition/partition_sketcher.h"

#include <algorithm>
#include <utility>

#include "core/partition/describe_partition.h"
#include "core/partition/memory_program.h"
#include "core/partition/partition_joint.h"
#include "core/partition/peak_search.h"

namespace core::partition {
namespace {

/// Whether two sets of options have the same curve: what chooses a point of it does not count.
bool haveSameCurve(const PartitionOptions& a, const PartitionOptions& b) {
  return a.save == b.save && a.recompute == b.recompute && a.cost == b.cost;
}

}  // namespace

PartitionSketcher::PartitionSketcher(std::shared_ptr<const ir::JointGraph> joint)
    : m_joint(std::move(joint)) {}

void PartitionSketcher::useCurve(std::shared_ptr<const ParetoCurve> curve,
                                 PartitionOptions options) {
  const std::lock_guard lock(m_mutex);
  m_curve = std::move(curve);
  m_curveOptions = std::move(options);
}

/// The curve's budget points are the answers of the exact table, so another solver's are not known.
const ParetoPoint* PartitionSketcher::knownPoint(const PartitionOptions& options) const {
  if (!m_curve || !haveSameCurve(options, m_curveOptions)) return nullptr;
  const bool byBudget = options.solver == KnapsackSolver::Dp && options.moduleBudgets.empty();
  const auto found =
      std::find_if(m_curve->points.begin(), m_curve->points.end(), [&](const ParetoPoint& point) {
        if (options.peakLimit)
          return !point.budget && point.figures.peakBytes == *options.peakLimit;
        return byBudget && point.budget == options.budget;
      });
  return found == m_curve->points.end() ? nullptr : &*found;
}

Result<void> PartitionSketcher::prepareFor(const PartitionOptions& options) {
  const bool isReady = m_prepared && m_preparedFor.save == options.save &&
                       m_preparedFor.recompute == options.recompute &&
                       m_preparedFor.moduleBudgets == options.moduleBudgets;
  if (isReady) return {};
  m_prepared = nullptr;
  CORE_TRY(m_prepared, prepare(*m_joint, cleanUp(*m_joint), options));
  m_preparedFor = options;
  return {};
}

Result<Partition> PartitionSketcher::sketch(const PartitionOptions& options,
                                            const StageContext& context) {
  const std::lock_guard lock(m_mutex);
  CORE_TRY_VOID(context.checkCancelled("Partition"));
  if (options.partitioner != PartitionerKind::MinCut) return partition(*m_joint, options, context);
  CORE_TRY_VOID(prepareFor(options));
  if (!m_prepared->classes.anyRequiredBackward) return partition(*m_joint, options, context);
  if (const ParetoPoint* point = knownPoint(options))
    return sketchOf(point->saved, options, point->figures.peakBytes);
  CORE_TRY(const BudgetAnswer answer,
           options.peakLimit
               ? chooseForPeak(*m_prepared, options, context)
               : chooseSaved(m_prepared->problem, m_prepared->classes, options, context));
  return sketchOf(answer.saved, options, {});
}

Result<Partition> PartitionSketcher::sketchOf(const std::vector<ir::NodeId>& saved,
                                              const PartitionOptions& options,
                                              std::optional<std::int64_t> peakBytes) const {
  CORE_TRY(const SplitPlan plan, planFor(*m_prepared, saved));
  Partition sketch;
  sketch.options = options;
  describePlan(m_prepared->problem, plan, sketch);
  sketch.peakBytes = peakBytes ? *peakBytes : memoryProgram(m_prepared->problem, plan).peak();
  return sketch;
}

}  // namespace core::partition
