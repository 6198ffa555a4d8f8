#pragma once

// Which forward nodes must not be recomputed, and why (aot-behaviour §3.4 of the design).

#include <string_view>
#include <vector>

#include "core/partition/classify_nodes.h"
#include "core/partition/joint_problem.h"

namespace core::partition {

/// Why a node must not be recomputed; None: it may be.
enum class BanReason {
  None,
  Input,
  MustSave,
  Random,
  NotRecomputable,
  ComputeIntensive,
  MaterializedInBackward,
  Reduction,
  UsedFarApart,
  LongFusibleChain,
};

/// A short name ("compute-intensive"), and a clause for a sentence ("it is a matrix product, ...").
std::string_view banReasonName(BanReason reason);
std::string_view banReasonClause(BanReason reason);

/// The result of the rules for one solve: a reason per node.
using Bans = std::vector<BanReason>;

/// Facts that no option changes, computed once per problem.
struct BanFacts {
  NodeSet materialized;                  ///< its value is in memory in the backward anyway
  std::vector<std::int64_t> inputBytes;  ///< sum over positional arguments that are nodes
};

BanFacts makeBanFacts(const JointProblem& problem, const NodeClasses& classes);

/// The bans under `options`, one set of options per node (module budgets differ). `mayRecompute`
/// are exempt. Wishes to recompute and views are never banned.
Bans findBans(const JointProblem& problem, const NodeClasses& classes, const BanFacts& facts,
              const std::vector<const BanOptions*>& options, const NodeSet& mayRecompute);

}  // namespace core::partition
