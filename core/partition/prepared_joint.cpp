#include "core/partition/prepared_joint.h"

#include <utility>

#include "core/ir/value_storage.h"
#include "core/partition/memory_program.h"
#include "core/partition/order_calls.h"
#include "core/partition/recompute_cost.h"
#include "core/partition/wishes.h"

namespace core::partition {
namespace {

using ir::NodeId;

NodeSet drawsOf(const JointProblem& problem, const NodeSet& requiredForward) {
  NodeSet draws = problem.random;
  for (std::size_t i = 0; i < draws.size(); ++i) draws[i] = draws[i] && requiredForward[i];
  return draws;
}

void addSaved(const JointProblem& problem, const SplitPlan& plan, PlanFigures& figures) {
  const std::size_t size = problem.graph->size();
  NodeSet known(size, false);  // storages of inputs, and of saved tensors before
  for (NodeId id : plan.forward.inputs)
    if (const int storage = problem.storage[id.index]; storage != ir::kNoStorage)
      known[static_cast<std::size_t>(storage)] = true;
  bool knownWithout = false;  // a saved value without a storage
  for (NodeId id : plan.savedTensors) {
    const int storage = problem.storage[id.index];
    const std::int64_t bytes = problem.bytes[id.index];
    figures.savedBytes += bytes;
    bool isNew = false;
    if (storage == ir::kNoStorage) {
      isNew = !std::exchange(knownWithout, true);
    } else {
      isNew = !known[static_cast<std::size_t>(storage)];
      known[static_cast<std::size_t>(storage)] = true;
    }
    if (isNew) figures.newStorageBytes += bytes;
  }
  figures.savedTensors = static_cast<int>(plan.savedTensors.size());
}

}  // namespace

Result<PreparedJointPtr> prepare(const ir::JointGraph& original, CleanGraph clean,
                                 const PartitionOptions& options) {
  auto prepared = std::make_unique<PreparedJoint>();
  prepared->clean = std::move(clean);
  prepared->problem = makeProblem(prepared->clean.joint);
  JointProblem& problem = prepared->problem;
  CORE_TRY(prepared->classes, classifyNodes(problem));
  problem.drawnInForward = drawsOf(problem, prepared->classes.requiredForward);
  CORE_TRY_VOID(addWishes(problem, prepared->classes, options, [&](const std::string& name) {
    return findPinned(*original.graph, prepared->clean, name);
  }));
  return prepared;
}

Result<SplitPlan> planFor(const PreparedJoint& prepared, const std::vector<NodeId>& saved) {
  const JointProblem& problem = prepared.problem;
  std::vector<NodeId> tensors, syms;
  for (NodeId id : saved) (problem.node(id).sym() ? syms : tensors).push_back(id);
  CORE_TRY(SplitPlan plan, splitHalves(problem, std::move(tensors), std::move(syms)));
  orderLikeAutograd(problem, plan.backward);
  hoistGetitems(problem, plan.forward);
  hoistGetitems(problem, plan.backward);
  return plan;
}

NodeCosts nodeCosts(const JointProblem& problem, const CostModel& model) {
  NodeCosts costs;
  for (const ir::Node& node : problem.graph->nodes()) {
    costs.flops.push_back(flopCount(*problem.graph, node));
    costs.seconds.push_back(secondsOf(model, *problem.graph, node));
  }
  return costs;
}

PlanFigures figuresOf(const JointProblem& problem, const SplitPlan& plan, const NodeCosts& costs) {
  PlanFigures figures;
  addSaved(problem, plan, figures);
  const NodeSet inForward = planNodes(problem, plan.forward);
  for (NodeId id : plan.backward.calls) {
    if (!inForward[id.index] || !problem.node(id).isCall()) continue;
    ++figures.recomputedCalls;
    figures.recomputeFlops += costs.flops[id.index];
    figures.recomputeSeconds += costs.seconds[id.index];
  }
  figures.peakBytes = memoryProgram(problem, plan).peak();
  return figures;
}

}  // namespace core::partition
