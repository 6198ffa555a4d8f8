#include "core/partition/partition_joint.h"

#include <chrono>
#include <string>

#include "core/partition/default_partition.h"
#include "core/partition/describe_partition.h"
#include "core/partition/explain_values.h"
#include "core/partition/order_calls.h"
#include "core/partition/peak_memory.h"
#include "core/partition/wishes.h"
#include "core/passes/common_subexpressions.h"
#include "core/passes/dead_code.h"

namespace core::partition {
namespace {

using ir::NodeId;

/// The joint graph after clean-up, and what became of the nodes of the original.
struct CleanGraph {
  ir::JointGraph joint;
  std::vector<std::optional<NodeId>> standIn;  ///< by original id
};

CleanGraph asItIs(const ir::JointGraph& joint) {
  CleanGraph clean{joint, {}};
  for (const ir::Node& node : joint.graph->nodes()) clean.standIn.emplace_back(node.id);
  return clean;
}

/// Dead calls removed and equal calls merged, as in front of the min-cut.
CleanGraph cleanUp(const ir::JointGraph& joint) {
  const ir::PassResult live = passes::eliminateDeadCode(joint.graph);
  const ir::PassResult merged =
      passes::eliminateCommonSubexpressions(live.graph, joint.signature.primalStorage);
  CleanGraph clean{joint, std::vector<std::optional<NodeId>>(joint.graph->size())};
  clean.joint.graph = merged.graph;
  const ir::OriginMap origin = merged.origin.after(live.origin);
  for (std::uint32_t i = 0; i < origin.origins.size(); ++i)
    for (NodeId old : origin.origins[i]) clean.standIn[old.index] = NodeId{i};
  return clean;
}

FindNode finder(const ir::Graph& original, const CleanGraph& clean) {
  return [&original, &clean](const std::string& name) -> Result<NodeId> {
    const auto id = original.find(name);
    if (!id || original.node(*id).kind == ir::NodeKind::Output)
      return Error{ErrorCode::InvalidArgument,
                   "There is no node '" + name +
                       "' in the joint graph to pin. Names are as in the graph: 'relu_1'.",
                   {},
                   name};
    if (const auto& standIn = clean.standIn[id->index]) return *standIn;
    return Error{ErrorCode::PartitionInfeasible,
                 "'" + name + "' is pinned, but nothing reads it. Remove the pin.",
                 {},
                 name};
  };
}

NodeSet drawsOf(const JointProblem& problem, const NodeSet& requiredForward) {
  NodeSet draws = problem.random;
  for (std::size_t i = 0; i < draws.size(); ++i) draws[i] = draws[i] && requiredForward[i];
  return draws;
}

/// The steps of one partition, in order.
class Partitioner {
 public:
  Partitioner(const ir::JointGraph& joint, const PartitionOptions& options,
              const StageContext& context)
      : m_original(joint), m_context(context) {
    m_partition.options = options;
  }

  Result<Partition> run() {
    const auto start = std::chrono::steady_clock::now();
    CORE_TRY_VOID(checkOptions());
    m_context.progress(0, "Partition: clean up");
    const bool isMinCut = m_partition.options.partitioner == PartitionerKind::MinCut;
    auto done = isMinCut ? runMinCut(cleanUp(m_original)) : runDefault(asItIs(m_original));
    if (!done) return withPins(std::move(done).error());
    m_partition.peakBytes =
        simulatePeakMemory(*m_partition.forward, *m_partition.backward,
                           m_partition.savedTensors.size() + m_partition.savedSymInts.size())
            .total();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    m_partition.seconds = elapsed.count();
    return std::move(m_partition);
  }

 private:
  Result<void> checkOptions() const {
    const double budget = m_partition.options.budget;
    if (!(budget >= 0 && budget <= 1))
      return Error{ErrorCode::InvalidArgument,
                   "The memory budget is " + std::to_string(budget) +
                       ". It must be between 0 (save as little as possible) and 1.",
                   {},
                   {}};
    return m_context.checkCancelled("Partition");
  }

  /// An infeasible set of pins is reported with all of them.
  Error withPins(Error error) const {
    const PartitionOptions& options = m_partition.options;
    if (error.code != ErrorCode::PartitionInfeasible) return error;
    std::string pins;
    for (const std::string& name : options.save) pins += " --save " + name;
    for (const std::string& name : options.recompute) pins += " --recompute " + name;
    if (!pins.empty()) error.message += " Pins:" + pins + ".";
    return error;
  }

  Result<void> runMinCut(const CleanGraph& clean) {
    JointProblem problem = makeProblem(clean.joint);
    CORE_TRY(const NodeClasses classes, classifyNodes(problem));
    problem.drawnInForward = drawsOf(problem, classes.requiredForward);
    if (!classes.anyRequiredBackward) return runDefault(clean);
    CORE_TRY_VOID(
        addWishes(problem, classes, m_partition.options, finder(*m_original.graph, clean)));
    m_context.progress(0.3, "Partition: minimum cut");
    CORE_TRY(const BudgetAnswer answer,
             chooseSaved(problem, classes, m_partition.options, m_context));
    m_context.progress(0.8, "Partition: split");
    std::vector<NodeId> tensors, syms;
    for (NodeId id : answer.saved) (problem.node(id).sym() ? syms : tensors).push_back(id);
    CORE_TRY(SplitPlan plan, splitHalves(problem, std::move(tensors), std::move(syms)));
    orderLikeAutograd(problem, plan.backward);
    hoistGetitems(problem, plan.forward);
    hoistGetitems(problem, plan.backward);
    m_partition.solves = answer.solves;
    m_partition.knapsacks = answer.knapsacks;
    describePartition(problem, plan, m_partition);
    explain({problem, classes, plan, &answer}, clean);
    listMerged(clean);
    return {};
  }

  Result<void> runDefault(const CleanGraph& clean) {
    JointProblem problem = makeProblem(clean.joint);
    CORE_TRY(const NodeClasses classes, classifyNodes(problem));
    problem.drawnInForward = drawsOf(problem, classes.requiredForward);
    CORE_TRY_VOID(
        addWishes(problem, classes, m_partition.options, finder(*m_original.graph, clean)));
    const bool anyWish = hasWishToRecompute(problem);
    if (anyWish && classes.anyRequiredBackward && !isFunctional(problem)) {
      m_context.log(LogLevel::Warning, "partition",
                    "The graph writes to values, so wishes to recompute need the min-cut.");
      return runMinCut(cleanUp(m_original));
    }
    DefaultChoice choice = chooseByPlacement(problem);
    CORE_TRY(SplitPlan plan,
             splitHalves(problem, std::move(choice.tensors), std::move(choice.syms)));
    if (anyWish) orderLikeAutograd(problem, plan.backward);
    hoistGetitems(problem, plan.forward);
    hoistGetitems(problem, plan.backward);
    describePartition(problem, plan, m_partition);
    explain({problem, classes, plan}, clean);
    return {};
  }

  static bool hasWishToRecompute(const JointProblem& problem) {
    for (const Wish& wish : problem.wishes)
      if (wish.mustRecompute()) return true;
    return false;
  }

  void explain(const Explained& explained, const CleanGraph& clean) {
    m_partition.decisions = explainValues(explained, *m_original.graph, clean.standIn);
  }

  void listMerged(const CleanGraph& clean) {
    for (const ir::Node& node : m_original.graph->nodes()) {
      const auto& id = clean.standIn[node.id.index];
      if (!id) continue;
      const std::string& kept = clean.joint.graph->node(*id).name;
      if (kept != node.name) m_partition.mergedByCse.emplace_back(node.name, kept);
    }
  }

  const ir::JointGraph& m_original;
  const StageContext& m_context;
  Partition m_partition;
};

}  // namespace

Result<Partition> partition(const ir::JointGraph& joint, const PartitionOptions& options,
                            const StageContext& context) {
  return Partitioner(joint, options, context).run();
}

}  // namespace core::partition
