#pragma once

// Which of several values to save when memory is short: the 0-1 knapsack.

#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/partition/partition.h"

namespace core::partition {

/// Sets `saved` of each item so that the saved items' memory is at most `knapsack.budget` and the
/// run time they save is as large as the solver finds.
///   Dp      exact for memory in steps of 1/10000, run times in float32, as PyTorch (ties: the
///   later
///           item may be recomputed)
///   Greedy  by run time per memory, what fits
///   Ilp     exact, by branch and bound
/// Error Cancelled only.
Result<void> solveKnapsack(KnapsackSolver solver, Knapsack& knapsack, const StageContext& context);

}  // namespace core::partition
