#pragma once

// What a partitioner returns: the forward and backward graphs, what is saved between them, what is
// recomputed, and the reason for each (aot-behaviour §3 of the design).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ir/joint_graph.h"
#include "core/partition/cost_model.h"
#include "core/partition/saved_packing.h"

namespace core::partition {

enum class PartitionerKind { Default, MinCut };
enum class KnapsackSolver { Dp, Greedy, Ilp };

struct ModuleBudget {
  std::string module;  ///< path prefix
  double budget = 1.0;

  bool operator==(const ModuleBudget&) const = default;
};

/// What a person may ask for. Pins, module budgets and the peak limit are checked by partition();
/// what cannot be had is PartitionInfeasible and says why.
struct PartitionOptions {
  PartitionerKind partitioner = PartitionerKind::MinCut;
  double budget = 1.0;  ///< activation memory budget in [0, 1]
  KnapsackSolver solver = KnapsackSolver::Dp;
  std::vector<std::string> save;       ///< pinned: must be saved (node names)
  std::vector<std::string> recompute;  ///< pinned: must be recomputed
  std::vector<ModuleBudget> moduleBudgets;
  /// The most bytes that forward and backward may hold at once, as simulated. If set, the quickest
  /// plan that keeps it is searched for, and `budget` and `moduleBudgets` do not count.
  std::optional<std::int64_t> peakLimit;
  CostModel cost;  ///< what recomputing costs
  /// The form of what is saved; empty: as the forward made it. The choice of what to save knows
  /// nothing of it, as in PyTorch.
  std::optional<Quantization> quantize;
  std::optional<Offload> offload;

  bool operator==(const PartitionOptions&) const = default;
};

enum class SavedKind { StaticInput, Input, Activation };

struct SavedTensor {
  std::string name;  ///< of the node, in the joint, forward and backward graph
  ir::TensorMeta meta;
  std::int64_t bytes = 0;
  SavedKind kind = SavedKind::Activation;
  std::optional<std::string> aliasOfInput;  ///< the primal whose storage this is a view of
  bool sharesStorageWithEarlier = false;
};

struct SavedSymInt {
  std::string name;
  ir::Size size;
};

/// Which rules ban recomputation in one min-cut solve.
struct BanOptions {
  bool ifUsedFarApart = true;
  bool ifLongFusibleChains = true;
  bool ifMaterializedBackward = true;
  bool ifNotInAllowlist = true;
  bool ifReduction = true;
};

/// One min-cut solve. Names are in joint order.
struct Solve {
  BanOptions options;
  std::vector<std::string> dontBan;
  std::vector<std::string> banned;
  std::vector<std::string> saved;
  double cutValue = 0;
  int flowNodes = 0;
  int flowEdges = 0;
};

struct KnapsackItem {
  std::string name;
  std::int64_t bytes = 0;
  double memory = 0;   ///< share of the budget range
  double runtime = 0;  ///< estimate of the cost model (FLOPs)
  bool saved = false;
};

struct Knapsack {
  double budget = 0;
  double savedRuntime = 0;          ///< of the saved items, as the solver adds it up
  std::vector<KnapsackItem> items;  ///< in solver order
};

enum class ValueFate {
  Saved,       ///< handed from forward to backward
  Recomputed,  ///< computed again in the backward
  ForwardOnly,
  BackwardOnly,
};

/// Why a value has its fate: the answer to "why saved?".
struct ValueDecision {
  std::string name;
  ValueFate fate = ValueFate::ForwardOnly;
  std::string rule;      ///< short name of the rule that decided ("compute-intensive", "min-cut")
  std::string sentence;  ///< for a person
  std::int64_t bytes = 0;
};

struct Partition {
  PartitionOptions options;
  ir::GraphPtr forward;
  ir::GraphPtr backward;
  std::vector<SavedTensor> savedTensors;  ///< in the order of the forward's outputs
  std::vector<SavedSymInt> savedSymInts;
  std::vector<std::string> recomputed;  ///< calls in both graphs, in the backward's order
  std::int64_t savedBytesTotal = 0;
  std::int64_t savedBytesStaticInputs = 0;
  std::int64_t savedBytesInputs = 0;
  std::int64_t savedBytesActivations = 0;
  std::int64_t savedBytesUniqueStorage = 0;
  std::int64_t savedBytesNewStorage = 0;  ///< memory really added: no storage of an input
  std::vector<int> donatedIndices;        ///< positions among saved sym ints, then saved tensors
  std::vector<Solve> solves;
  std::vector<Knapsack> knapsacks;
  std::vector<ValueDecision> decisions;  ///< one per forward-computable node, in joint order
  /// removed name -> kept name, by common subexpression elimination (min-cut only)
  std::vector<std::pair<std::string, std::string>> mergedByCse;
  double recomputeFlops = 0;    ///< of the recomputed calls, at the example sizes
  double recomputeSeconds = 0;  ///< of the recomputed calls, by `options.cost.timeKind()`
  std::int64_t peakBytes = 0;   ///< simulated: most memory alive at once beside the inputs
  double seconds = 0;
};

}  // namespace core::partition
