#pragma once

// The least recomputation under a limit on the peak, instead of on the saved bytes.

#include "core/base/stage_context.h"
#include "core/partition/memory_budget.h"
#include "core/partition/plan_pool.h"

namespace core::partition {

/// Adds plans to a pool, which has the budgets' plans, that trade peak memory for time better.
Result<void> addPeakPlans(const PreparedJoint& prepared, PlanPool& pool);

/// The plan with the least recompute time whose simulated peak is at most `options.peakLimit`. All
/// that PyTorch's budget can reach is among the plans compared, so none of those is better. A lower
/// limit never gives a shorter time, nor a higher one a longer. Error PartitionInfeasible: no plan
/// found is that small; the message says how small the smallest is.
Result<BudgetAnswer> chooseForPeak(const PreparedJoint& prepared, const PartitionOptions& options,
                                   const StageContext& context);

}  // namespace core::partition
