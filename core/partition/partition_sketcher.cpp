#include "core/partition/partition_sketcher.h"

#include <algorithm>

#include "core/partition/describe_partition.h"
#include "core/partition/memory_program.h"
#include "core/partition/partition_joint.h"
#include "core/partition/peak_search.h"

namespace core::partition {
namespace {

bool sameModules(const std::vector<ModuleBudget>& a, const std::vector<ModuleBudget>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.module == y.module && x.budget == y.budget;
  });
}

}  // namespace

PartitionSketcher::PartitionSketcher(std::shared_ptr<const ir::JointGraph> joint)
    : m_joint(std::move(joint)) {}

Result<void> PartitionSketcher::prepareFor(const PartitionOptions& options) {
  const bool isReady = m_prepared && m_preparedFor.save == options.save &&
                       m_preparedFor.recompute == options.recompute &&
                       sameModules(m_preparedFor.moduleBudgets, options.moduleBudgets);
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
  CORE_TRY(const BudgetAnswer answer,
           options.peakLimit
               ? chooseForPeak(*m_prepared, options, context)
               : chooseSaved(m_prepared->problem, m_prepared->classes, options, context));
  CORE_TRY(const SplitPlan plan, planFor(*m_prepared, answer.saved));
  Partition sketch;
  sketch.options = options;
  describePlan(m_prepared->problem, plan, sketch);
  sketch.peakBytes = memoryProgram(m_prepared->problem, plan).peak();
  return sketch;
}

}  // namespace core::partition
