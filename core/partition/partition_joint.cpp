#include "core/partition/partition_joint.h"

#include <chrono>
#include <string>

#include "core/partition/default_partition.h"
#include "core/partition/describe_partition.h"
#include "core/partition/explain_values.h"
#include "core/partition/memory_program.h"
#include "core/partition/order_calls.h"
#include "core/partition/pack_saved.h"
#include "core/partition/peak_search.h"
#include "core/partition/prepared_joint.h"

namespace core::partition {
namespace {

using ir::NodeId;

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
    CORE_TRY_VOID(packSaved());
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
    if (const auto limit = m_partition.options.peakLimit; limit && *limit < 0)
      return Error{
          ErrorCode::InvalidArgument, "The peak limit is negative. It is in bytes.", {}, {}};
    return m_context.checkCancelled("Partition");
  }

  /// The saved tensors in the form that was asked for. That none of them can have it is no error.
  Result<void> packSaved() {
    const PartitionOptions& options = m_partition.options;
    if (options.quantize) {
      const ir::GraphPtr before = m_partition.forward;
      CORE_TRY(m_partition, quantizeSaved(m_original, m_partition, *options.quantize));
      if (m_partition.forward == before)
        m_context.log(LogLevel::Warning, "partition",
                      "Nothing is quantized: no saved activation has an allowed dtype and is large "
                      "enough.");
    }
    if (options.offload) {
      const ir::GraphPtr before = m_partition.forward;
      CORE_TRY(m_partition, offloadSaved(m_original, m_partition, *options.offload));
      if (m_partition.forward == before)
        m_context.log(LogLevel::Warning, "partition",
                      "Nothing is moved to the CPU's memory: no saved activation of a GPU can wait "
                      "there and is large enough.");
    }
    return {};
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

  Result<void> runMinCut(CleanGraph clean) {
    CORE_TRY(const PreparedJointPtr prepared,
             prepare(m_original, std::move(clean), m_partition.options));
    if (!prepared->classes.anyRequiredBackward) return runDefault(std::move(prepared->clean));
    m_context.progress(0.3, "Partition: minimum cut");
    CORE_TRY(
        const BudgetAnswer answer,
        m_partition.options.peakLimit
            ? chooseForPeak(*prepared, m_partition.options, m_context)
            : chooseSaved(prepared->problem, prepared->classes, m_partition.options, m_context));
    m_context.progress(0.8, "Partition: split");
    CORE_TRY(const SplitPlan plan, planFor(*prepared, answer.saved));
    m_partition.solves = answer.solves;
    m_partition.knapsacks = answer.knapsacks;
    describePartition(prepared->problem, plan, m_partition);
    m_partition.peakBytes = memoryProgram(prepared->problem, plan).peak();
    explain({prepared->problem, prepared->classes, plan, &answer}, prepared->clean);
    listMerged(prepared->clean);
    return {};
  }

  Result<void> runDefault(CleanGraph clean) {
    CORE_TRY(const PreparedJointPtr prepared,
             prepare(m_original, std::move(clean), m_partition.options));
    const JointProblem& problem = prepared->problem;
    const bool anyWish = hasWishToRecompute(problem);
    if (anyWish && prepared->classes.anyRequiredBackward && !isFunctional(problem)) {
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
    m_partition.peakBytes = memoryProgram(problem, plan).peak();
    explain({problem, prepared->classes, plan}, prepared->clean);
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
