#pragma once

// Which of several values to save when memory is short: the 0-1 knapsack.

#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/partition/partition.h"

namespace core::partition {

/// PyTorch's dynamic program for every capacity up to a budget at once. Capacities are steps of
/// 1/10000 of the budget range, run times float32.
class KnapsackTable {
 public:
  KnapsackTable(const std::vector<KnapsackItem>& items, double budget);

  /// The budget in steps: the largest capacity.
  std::size_t capacity() const { return m_savedRuntime.size() - 1; }
  /// The most run time that can be saved with a capacity.
  double savedRuntime(std::size_t capacity) const {
    return static_cast<double>(m_savedRuntime[capacity]);
  }
  /// By item: whether it is saved. Of equal answers the one in which later items are recomputed.
  std::vector<bool> select(std::size_t capacity) const;
  /// By capacity: a number that is equal for equal selections (and, but for a collision of 64-bit
  /// hashes, only for those).
  std::vector<std::uint64_t> selectionKeys() const;

 private:
  bool isSaved(std::size_t item, std::size_t capacity) const;

  std::vector<std::size_t> m_weights;
  std::vector<float> m_savedRuntime;     ///< the last row
  std::vector<std::uint64_t> m_differs;  ///< a bit per cell: it differs from the cell above
  std::size_t m_wordsPerRow = 0;
};

/// A budget in steps, as the table counts it.
std::size_t knapsackSteps(double share);

/// Sets `saved` of each item so that the saved items' memory is at most `knapsack.budget` and the
/// run time they save is as large as the solver finds.
///   Dp      exact for memory in steps of 1/10000, run times in float32, as PyTorch
///   Greedy  by run time per memory, what fits
///   Ilp     exact, by branch and bound
/// Error Cancelled only.
Result<void> solveKnapsack(KnapsackSolver solver, Knapsack& knapsack, const StageContext& context);

}  // namespace core::partition
