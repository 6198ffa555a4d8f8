#include "core/partition/knapsack.h"

// Dp is PyTorch's default solver repeated to the bit, because which of two equal values is saved
// decides names: weights are rounded to 1/10000 of the budget range, half to even, and the table is
// float32, where adding 1 to 2^24 changes nothing. Only two rows are kept; which cells differ from
// the row above, all that the way back needs, is one bit each. Cost: items x 10000.
//
// Ilp is branch and bound: items by run time per memory, depth first, taking before leaving, with
// the fractional knapsack of the rest as the bound. Worst case exponential, so it stops after
// kMaxBranches with the best answer found, and says so.

#include <algorithm>
#include <cmath>
#include <numeric>

namespace core::partition {
namespace {

constexpr double kSteps = 10000;
constexpr std::int64_t kMaxBranches = 5'000'000;
constexpr double kTolerance = 1e-12;  ///< sums of shares are not exact

/// Python's round(): half to even, which is the processor's rounding mode.
std::size_t inSteps(double share) {
  return static_cast<std::size_t>(std::max(std::nearbyint(share * kSteps), 0.0));
}

void solveExactly(Knapsack& knapsack) {
  auto& items = knapsack.items;
  const std::size_t columns = inSteps(knapsack.budget) + 1;
  std::vector<float> above(columns, 0), row(columns, 0);
  std::vector<std::vector<bool>> differs;
  for (const KnapsackItem& item : items) {
    const std::size_t weight = inSteps(item.memory);
    const auto runtime = static_cast<float>(item.runtime);
    for (std::size_t j = 0; j < columns; ++j) {
      if (weight == 0)
        row[j] = above[j] + runtime;
      else
        row[j] = j < weight ? above[j] : std::max(above[j], above[j - weight] + runtime);
    }
    differs.emplace_back(columns);
    for (std::size_t j = 0; j < columns; ++j) differs.back()[j] = row[j] != above[j];
    std::swap(row, above);
  }
  std::size_t column = columns - 1;
  knapsack.savedRuntime = above[column];
  for (std::size_t i = items.size(); i-- > 0;) {
    items[i].saved = differs[i][column];
    if (items[i].saved) column -= inSteps(items[i].memory);
  }
}

/// Item numbers, most run time per memory first; equal ones keep their order.
std::vector<std::size_t> byDensity(const std::vector<KnapsackItem>& items) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return items[a].runtime * items[b].memory > items[b].runtime * items[a].memory;
  });
  return order;
}

void solveGreedily(Knapsack& knapsack) {
  double used = 0;
  for (std::size_t i : byDensity(knapsack.items)) {
    KnapsackItem& item = knapsack.items[i];
    item.saved = used + item.memory <= knapsack.budget;
    if (!item.saved) continue;
    used += item.memory;
    knapsack.savedRuntime += item.runtime;
  }
}

class BranchAndBound {
 public:
  explicit BranchAndBound(const Knapsack& knapsack)
      : m_items(knapsack.items),
        m_order(byDensity(knapsack.items)),
        m_taken(knapsack.items.size(), false),
        m_best(knapsack.items.size(), false),
        m_capacity(knapsack.budget + kTolerance) {}

  /// Depth-first without recursion: go down taking what fits, then undo the last taken item whose
  /// branch without it may still be better.
  bool run(const StageContext& context) {
    std::size_t depth = 0;
    for (std::int64_t branches = 0; branches < kMaxBranches; ++branches) {
      if (branches % 65536 == 0 && context.stopRequested()) return false;
      while (depth < m_order.size()) {
        if (bound(depth) <= m_bestRuntime) break;
        take(depth, m_used + item(depth).memory <= m_capacity && !skipsItsTwin(depth));
        ++depth;
      }
      if (depth == m_order.size() && m_runtime > m_bestRuntime) {
        m_bestRuntime = m_runtime;
        m_best = m_taken;
      }
      while (depth > 0 && !m_taken[m_order[depth - 1]]) --depth;
      if (depth == 0) {
        m_complete = true;
        return true;
      }
      take(depth - 1, false);
    }
    return true;
  }

  bool complete() const { return m_complete; }
  double bestRuntime() const { return std::max(m_bestRuntime, 0.0); }
  const std::vector<bool>& best() const { return m_best; }

 private:
  const KnapsackItem& item(std::size_t depth) const { return m_items[m_order[depth]]; }

  /// Of equal items in a row the first ones are taken; the other selections are the same again.
  bool skipsItsTwin(std::size_t depth) const {
    if (depth == 0 || m_taken[m_order[depth - 1]]) return false;
    return item(depth).memory == item(depth - 1).memory &&
           item(depth).runtime == item(depth - 1).runtime;
  }

  void take(std::size_t depth, bool taken) {
    const std::size_t i = m_order[depth];
    if (m_taken[i] == taken) return;
    const double sign = taken ? 1 : -1;
    m_taken[i] = taken;
    m_used += sign * m_items[i].memory;
    m_runtime += sign * m_items[i].runtime;
  }

  /// Run time if the items from `depth` on could be cut to measure.
  double bound(std::size_t depth) const {
    double room = m_capacity - m_used;
    double runtime = m_runtime;
    for (std::size_t d = depth; d < m_order.size(); ++d) {
      if (item(d).memory > room) return runtime + item(d).runtime * room / item(d).memory;
      room -= item(d).memory;
      runtime += item(d).runtime;
    }
    return runtime;
  }

  const std::vector<KnapsackItem>& m_items;
  std::vector<std::size_t> m_order;
  std::vector<bool> m_taken, m_best;
  double m_capacity = 0, m_used = 0, m_runtime = 0, m_bestRuntime = -1;
  bool m_complete = false;
};

Result<void> solveByBranching(Knapsack& knapsack, const StageContext& context) {
  BranchAndBound search(knapsack);
  if (!search.run(context)) return context.checkCancelled("Partition");
  if (!search.complete())
    context.log(LogLevel::Warning, "partition",
                "The exact knapsack was stopped; its best answer may not be the optimum.");
  for (std::size_t i = 0; i < knapsack.items.size(); ++i)
    knapsack.items[i].saved = search.best()[i];
  knapsack.savedRuntime = search.bestRuntime();
  return {};
}

}  // namespace

Result<void> solveKnapsack(KnapsackSolver solver, Knapsack& knapsack, const StageContext& context) {
  switch (solver) {
    case KnapsackSolver::Dp: solveExactly(knapsack); return {};
    case KnapsackSolver::Greedy: solveGreedily(knapsack); return {};
    case KnapsackSolver::Ilp: return solveByBranching(knapsack, context);
  }
  return {};
}

}  // namespace core::partition
