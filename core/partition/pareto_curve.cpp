#include "core/partition/pareto_curve.h"

#include <algorithm>
#include <chrono>

#include "core/partition/default_partition.h"
#include "core/partition/order_calls.h"
#include "core/partition/partition_joint.h"
#include "core/partition/peak_search.h"

namespace core::partition {
namespace {

/// Points of the knapsack that are computed: all of a model's usual few hundred, fewer where each
/// takes long.
constexpr std::size_t kMostPlans = 512, kFewestPlans = 32, kNodesInAll = 1'000'000;

std::size_t mostPlans(const ir::Graph& graph) {
  return std::clamp(kNodesInAll / std::max<std::size_t>(graph.size(), 1), kFewestPlans, kMostPlans);
}

Result<PlanFigures> defaultFigures(const ir::JointGraph& joint, const CostModel& cost) {
  PartitionOptions options;
  options.cost = cost;
  CORE_TRY(const PreparedJointPtr prepared, prepare(joint, asItIs(joint), options));
  const JointProblem& problem = prepared->problem;
  DefaultChoice choice = chooseByPlacement(problem);
  CORE_TRY(SplitPlan plan, splitHalves(problem, std::move(choice.tensors), std::move(choice.syms)));
  hoistGetitems(problem, plan.forward);
  hoistGetitems(problem, plan.backward);
  return figuresOf(problem, plan, nodeCosts(problem, cost));
}

Result<PlanFigures> minCutFigures(const PreparedJoint& prepared, const CostModel& cost,
                                  const StageContext& context) {
  PartitionOptions options;
  options.cost = cost;
  CORE_TRY(const BudgetAnswer answer,
           chooseSaved(prepared.problem, prepared.classes, options, context));
  CORE_TRY(const SplitPlan plan, planFor(prepared, answer.saved));
  return figuresOf(prepared.problem, plan, nodeCosts(prepared.problem, cost));
}

PlanFigures figuresOf(const Partition& partition) {
  PlanFigures figures;
  figures.savedTensors = static_cast<int>(partition.savedTensors.size());
  figures.recomputedCalls = static_cast<int>(partition.recomputed.size());
  figures.savedBytes = partition.savedBytesTotal;
  figures.newStorageBytes = partition.savedBytesNewStorage;
  figures.peakBytes = partition.peakBytes;
  figures.recomputeFlops = partition.recomputeFlops;
  figures.recomputeSeconds = partition.recomputeSeconds;
  return figures;
}

void markFronts(ParetoCurve& curve) {
  std::vector<PlanFigures> figures;
  for (const ParetoPoint& point : curve.points) figures.push_back(point.figures);
  for (std::size_t i : paretoFront(figures, &PlanFigures::savedBytes))
    curve.points[i].onSavedFront = true;
  for (std::size_t i : paretoFront(figures, &PlanFigures::peakBytes))
    curve.points[i].onPeakFront = true;
}

Result<void> addPoints(const PreparedJoint& prepared, const PartitionOptions& options,
                       PeakPlans peakPlans, const StageContext& context, ParetoCurve& curve) {
  PlanPool pool(prepared, options, context);
  CORE_TRY_VOID(pool.addBudgetPlans(mostPlans(*prepared.problem.graph)));
  if (peakPlans == PeakPlans::With) CORE_TRY_VOID(addPeakPlans(prepared, pool));
  for (const CandidatePlan& plan : pool.plans())
    curve.points.push_back({plan.budget, plan.figures, false, false, plan.saved});
  std::stable_sort(curve.points.begin(), curve.points.end(),
                   [](const ParetoPoint& a, const ParetoPoint& b) {
                     return a.figures.savedBytes < b.figures.savedBytes;
                   });
  markFronts(curve);
  // Only the best of the searched plans can be asked for.
  std::erase_if(curve.points,
                [](const ParetoPoint& point) { return !point.budget && !point.onPeakFront; });
  return {};
}

}  // namespace

Result<ParetoCurve> paretoCurve(const ir::JointGraph& joint, const PartitionOptions& present,
                                const StageContext& context, PeakPlans peakPlans) {
  const auto start = std::chrono::steady_clock::now();
  ParetoCurve curve;
  curve.timeModel = present.cost.timeKind();
  CORE_TRY(const PreparedJointPtr prepared, prepare(joint, cleanUp(joint), present));
  if (!prepared->classes.anyRequiredBackward) return curve;
  CORE_TRY_VOID(addPoints(*prepared, present, peakPlans, context, curve));
  CORE_TRY(curve.pytorchDefault, defaultFigures(joint, present.cost));
  PartitionOptions plain;
  CORE_TRY(const PreparedJointPtr unpinned, prepare(joint, cleanUp(joint), plain));
  CORE_TRY(curve.pytorchMinCut, minCutFigures(*unpinned, present.cost, context));
  CORE_TRY(const Partition now, partition(joint, present, context));
  curve.present = figuresOf(now);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  curve.seconds = elapsed.count();
  return curve;
}

}  // namespace core::partition
