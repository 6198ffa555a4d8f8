#pragma once

// The order of calls in a half (aot-behaviour §3.7 of the design).

#include "core/partition/extract_half.h"

namespace core::partition {

/// Puts recomputed forward calls right in front of their first use, as eager autograd would run;
/// drops calls in front of the first use of a tangent that nobody needs. `backward` is unchanged if
/// it reads no tangent.
void orderLikeAutograd(const JointProblem& problem, HalfPlan& backward);

/// Moves every getitem right behind the call whose tuple it reads, so that the tuple dies early.
void hoistGetitems(const JointProblem& problem, HalfPlan& half);

}  // namespace core::partition
