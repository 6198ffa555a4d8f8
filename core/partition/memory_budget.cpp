#include "core/partition/memory_budget.h"

// Four steps, each allowing more recomputation, until the saved bytes fit:
//
//   S0  all ban rules
//   S1  without the rules about distance, long chains and values that are in memory anyway
//   S2  only random and compute-intensive operators, and reductions, stay banned
//   S3  S2, with the banned values that a knapsack gives up allowed to be recomputed
//
// Module budgets are a generalisation of ours: the nodes of a module with budget 1 keep the rules
// of S0, the others those of S2, and each module has its own knapsack.

#include <algorithm>
#include <map>

#include "core/partition/budget_ladder.h"
#include "core/partition/knapsack.h"

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;

class BudgetChooser {
 public:
  BudgetChooser(const JointProblem& problem, const NodeClasses& classes,
                const PartitionOptions& options, const StageContext& context)
      : m_problem(problem),
        m_classes(classes),
        m_options(options),
        m_context(context),
        m_ladder(problem, classes) {
    m_answer.released.assign(problem.graph->size(), false);
  }

  Result<BudgetAnswer> choose() {
    CORE_TRY(const CutAnswer plain, solve(kAllRules));
    if (!m_options.moduleBudgets.empty()) return chooseByModule(plain);
    if (m_options.budget == 0 && m_ladder.inputsSuffice()) return finish(forwardInputs(m_problem));
    const double minimum = m_ladder.gigabytes(forwardInputs(m_problem));
    const double maximum = m_ladder.gigabytes(plain.saved);
    if (m_options.budget >= 1 || maximum <= minimum) return finish(plain.saved);
    const auto ratio = [&](const CutAnswer& answer) {
      return (m_ladder.gigabytes(answer.saved) - minimum) / (maximum - minimum);
    };
    CORE_TRY(const CutAnswer relaxed, solve(kRelaxedRules));
    if (ratio(relaxed) < m_options.budget) return finish(relaxed.saved);
    CORE_TRY(const CutAnswer denyList, solve(kDenyListRules));
    if (ratio(denyList) < m_options.budget) return finish(denyList.saved);

    const std::vector<NodeId> candidates = m_ladder.candidatesOf(denyList.bans);
    if (candidates.empty())
      return finish(m_ladder.inputsSuffice() ? forwardInputs(m_problem) : denyList.saved);
    CORE_TRY_VOID(release(candidates, m_options.budget, maximum - minimum));
    CORE_TRY(const CutAnswer last, solve(kDenyListRules));
    return finish(last.saved);
  }

 private:
  Result<CutAnswer> solve(const BanOptions& options) {
    return solve(std::vector<const BanOptions*>(m_problem.graph->size(), &options), options);
  }

  Result<CutAnswer> solve(const std::vector<const BanOptions*>& options, const BanOptions& record) {
    CORE_TRY_VOID(m_context.checkCancelled("Partition"));
    MinCutSolver& solver = m_ladder.solver();
    CORE_TRY(CutAnswer answer, solver.solve(solver.bansUnder(options, m_answer.released)));
    m_answer.solves.push_back(solver.record(answer, record, m_answer.released));
    m_answer.bans = answer.bans;
    return answer;
  }

  Result<BudgetAnswer> finish(std::vector<NodeId> saved) {
    m_answer.saved = std::move(saved);
    return std::move(m_answer);
  }

  /// Lets the values that do not fit into `budget` of `range` (in GB) be recomputed.
  Result<void> release(const std::vector<NodeId>& candidates, double budget, double range) {
    Knapsack knapsack = m_ladder.knapsackOf(candidates, budget, range, m_options.cost);
    CORE_TRY_VOID(solveKnapsack(m_options.solver, knapsack, m_context));
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (!knapsack.items[i].saved) m_answer.released[candidates[i].index] = true;
    m_answer.knapsacks.push_back(std::move(knapsack));
    return {};
  }

  /// The module budget that a node is under: that of the longest matching path; -1: of the model.
  int groupOf(const Node& node) const {
    const ir::ModuleScope* scope = node.meta.anyModule();
    int best = -1;
    std::size_t length = 0;
    for (std::size_t i = 0; scope && i < m_options.moduleBudgets.size(); ++i) {
      const std::string& prefix = m_options.moduleBudgets[i].module;
      const bool inside =
          prefix.empty() || scope->path == prefix || scope->path.starts_with(prefix + ".");
      if (!inside || (best >= 0 && prefix.size() < length)) continue;
      best = static_cast<int>(i);
      length = prefix.size();
    }
    return best;
  }

  double budgetOf(int group) const {
    return group < 0 ? m_options.budget
                     : m_options.moduleBudgets[static_cast<std::size_t>(group)].budget;
  }

  Result<BudgetAnswer> chooseByModule(const CutAnswer& plain) {
    std::vector<const BanOptions*> options;
    for (const Node& node : m_problem.graph->nodes())
      options.push_back(budgetOf(groupOf(node)) >= 1 ? &kAllRules : &kDenyListRules);
    CORE_TRY(const CutAnswer relaxed, solve(options, kDenyListRules));
    const auto activations = [&](const CutAnswer& answer) {
      std::map<int, std::int64_t> bytes;
      for (NodeId id : answer.saved)
        if (!m_problem.isForwardInput(id))
          bytes[groupOf(m_problem.node(id))] += m_problem.bytes[id.index];
      return bytes;
    };
    auto allowed = activations(plain);
    auto used = activations(relaxed);
    std::map<int, std::vector<NodeId>> candidates;
    for (NodeId id : m_ladder.candidatesOf(relaxed.bans))
      candidates[groupOf(m_problem.node(id))].push_back(id);
    bool anyReleased = false;
    for (const auto& [group, members] : candidates) {
      const double range = static_cast<double>(allowed[group]);
      const double budget = budgetOf(group);
      if (budget >= 1 || static_cast<double>(used[group]) < budget * range) continue;
      CORE_TRY_VOID(release(members, budget, std::max(range, 1.0) / 1e9));
      anyReleased = true;
    }
    if (!anyReleased) return finish(relaxed.saved);
    CORE_TRY(const CutAnswer last, solve(options, kDenyListRules));
    return finish(last.saved);
  }

  const JointProblem& m_problem;
  const NodeClasses& m_classes;
  const PartitionOptions& m_options;
  const StageContext& m_context;
  BudgetLadder m_ladder;
  BudgetAnswer m_answer;
};

}  // namespace

Result<BudgetAnswer> chooseSaved(const JointProblem& problem, const NodeClasses& classes,
                                 const PartitionOptions& options, const StageContext& context) {
  return BudgetChooser(problem, classes, options, context).choose();
}

}  // namespace core::partition
