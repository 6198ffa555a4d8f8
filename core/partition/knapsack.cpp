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
constexpr std::size_t kWordBits = 64;
constexpr std::int64_t kMaxBranches = 5'000'000;
constexpr double kTolerance = 1e-12;  ///< sums of shares are not exact

void solveExactly(Knapsack& knapsack) {
  const KnapsackTable table(knapsack.items, knapsack.budget);
  const std::vector<bool> saved = table.select(table.capacity());
  for (std::size_t i = 0; i < saved.size(); ++i) knapsack.items[i].saved = saved[i];
  knapsack.savedRuntime = table.savedRuntime(table.capacity());
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

/// Python's round(): half to even, which is the processor's rounding mode.
std::size_t knapsackSteps(double share) {
  return static_cast<std::size_t>(std::max(std::nearbyint(share * kSteps), 0.0));
}

KnapsackTable::KnapsackTable(const std::vector<KnapsackItem>& items, double budget) {
  const std::size_t columns = knapsackSteps(budget) + 1;
  std::vector<float> above(columns, 0), row(columns, 0);
  m_wordsPerRow = (columns + kWordBits - 1) / kWordBits;
  m_differs.assign(m_wordsPerRow * items.size(), 0);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::size_t weight = knapsackSteps(items[i].memory);
    const auto runtime = static_cast<float>(items[i].runtime);
    const std::size_t start = std::min(weight, columns);
    std::copy_n(above.begin(), start, row.begin());
    if (weight == 0)
      for (std::size_t j = 0; j < columns; ++j) row[j] = above[j] + runtime;
    else
      for (std::size_t j = start; j < columns; ++j)
        row[j] = std::max(above[j], above[j - weight] + runtime);
    std::uint64_t* words = &m_differs[i * m_wordsPerRow];
    for (std::size_t j = 0; j < columns; ++j)
      words[j / kWordBits] |= static_cast<std::uint64_t>(row[j] != above[j]) << (j % kWordBits);
    m_weights.push_back(weight);
    std::swap(row, above);
  }
  m_savedRuntime = std::move(above);
}

std::vector<bool> KnapsackTable::select(std::size_t capacity) const {
  std::vector<bool> saved(m_weights.size(), false);
  for (std::size_t i = m_weights.size(); i-- > 0;) {
    saved[i] = isSaved(i, capacity);
    if (saved[i]) capacity -= m_weights[i];
  }
  return saved;
}

bool KnapsackTable::isSaved(std::size_t item, std::size_t capacity) const {
  const std::uint64_t word = m_differs[item * m_wordsPerRow + capacity / kWordBits];
  return (word >> (capacity % kWordBits) & 1U) != 0;
}

std::vector<std::uint64_t> KnapsackTable::selectionKeys() const {
  std::vector<std::uint64_t> keys(m_savedRuntime.size(), 0);
  std::vector<std::size_t> left(keys.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (std::size_t i = m_weights.size(); i-- > 0;) {
    const std::uint64_t itemKey = (i + 1) * 0x9e3779b97f4a7c15U;  // the golden ratio: spreads bits
    for (std::size_t c = 0; c < keys.size(); ++c) {
      if (!isSaved(i, left[c])) continue;
      keys[c] += (itemKey ^ itemKey >> 29) * 0xbf58476d1ce4e5b9U;
      left[c] -= m_weights[i];
    }
  }
  return keys;
}

Result<void> solveKnapsack(KnapsackSolver solver, Knapsack& knapsack, const StageContext& context) {
  switch (solver) {
    case KnapsackSolver::Dp: solveExactly(knapsack); return {};
    case KnapsackSolver::Greedy: solveGreedily(knapsack); return {};
    case KnapsackSolver::Ilp: return solveByBranching(knapsack, context);
  }
  return {};
}

}  // namespace core::partition
