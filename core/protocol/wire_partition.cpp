#include "core/protocol/wire_parts.h"

namespace core::protocol {
namespace {

using namespace core::partition;

template <bool kWrite>
void moveSavedTensor(Ours<kWrite, SavedTensor> ours, Wire<kWrite, wire::SavedTensorT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  table<kWrite>(ours.meta, onWire.meta, moveTensor<kWrite>);
  plain<kWrite>(ours.bytes, onWire.bytes);
  enumeration<kWrite>(ours.kind, onWire.kind, 3);
  if constexpr (kWrite) {
    onWire.has_alias = ours.aliasOfInput.has_value();
    onWire.alias_of_input = ours.aliasOfInput.value_or("");
  } else if (onWire.has_alias) {
    ours.aliasOfInput = onWire.alias_of_input;
  }
  plain<kWrite>(ours.sharesStorageWithEarlier, onWire.shares_storage);
}

template <bool kWrite>
void moveSavedSymInt(Ours<kWrite, SavedSymInt> ours, Wire<kWrite, wire::SavedSymIntT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  table<kWrite>(ours.size, onWire.size, moveSize<kWrite>);
}

template <bool kWrite>
void moveSolve(Ours<kWrite, Solve> ours, Wire<kWrite, wire::SolveT> onWire) {
  plain<kWrite>(ours.options.ifUsedFarApart, onWire.far_apart);
  plain<kWrite>(ours.options.ifLongFusibleChains, onWire.long_chains);
  plain<kWrite>(ours.options.ifMaterializedBackward, onWire.materialized);
  plain<kWrite>(ours.options.ifNotInAllowlist, onWire.allowlist);
  plain<kWrite>(ours.options.ifReduction, onWire.reduction);
  plain<kWrite>(ours.dontBan, onWire.dont_ban);
  plain<kWrite>(ours.banned, onWire.banned);
  plain<kWrite>(ours.saved, onWire.saved);
  plain<kWrite>(ours.cutValue, onWire.cut_value);
  plain<kWrite>(ours.flowNodes, onWire.flow_nodes);
  plain<kWrite>(ours.flowEdges, onWire.flow_edges);
}

template <bool kWrite>
void moveItem(Ours<kWrite, KnapsackItem> ours, Wire<kWrite, wire::KnapsackItemT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  plain<kWrite>(ours.bytes, onWire.bytes);
  plain<kWrite>(ours.memory, onWire.memory);
  plain<kWrite>(ours.runtime, onWire.runtime);
  plain<kWrite>(ours.saved, onWire.saved);
}

template <bool kWrite>
void moveKnapsack(Ours<kWrite, Knapsack> ours, Wire<kWrite, wire::KnapsackT> onWire) {
  plain<kWrite>(ours.budget, onWire.budget);
  plain<kWrite>(ours.savedRuntime, onWire.saved_runtime);
  list<kWrite>(ours.items, onWire.items, moveItem<kWrite>);
}

template <bool kWrite>
void moveDecision(Ours<kWrite, ValueDecision> ours, Wire<kWrite, wire::DecisionT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  enumeration<kWrite>(ours.fate, onWire.fate, 4);
  plain<kWrite>(ours.rule, onWire.rule);
  plain<kWrite>(ours.sentence, onWire.sentence);
  plain<kWrite>(ours.bytes, onWire.bytes);
}

template <bool kWrite>
void movePair(Ours<kWrite, std::pair<std::string, std::string>> ours,
              Wire<kWrite, wire::PairT> onWire) {
  plain<kWrite>(ours.first, onWire.first);
  plain<kWrite>(ours.second, onWire.second);
}

template <bool kWrite>
void moveModuleBudget(Ours<kWrite, ModuleBudget> ours, Wire<kWrite, wire::ModuleBudgetT> onWire) {
  plain<kWrite>(ours.module, onWire.module_);
  plain<kWrite>(ours.budget, onWire.budget);
}

template <bool kWrite>
void moveCostModel(Ours<kWrite, CostModel> ours, Wire<kWrite, wire::CostModelT> onWire) {
  enumeration<kWrite>(ours.kind, onWire.kind, 3);
  plain<kWrite>(ours.peaks.flopsPerSecond, onWire.flops_per_second);
  plain<kWrite>(ours.peaks.bytesPerSecond, onWire.bytes_per_second);
  plain<kWrite>(ours.peaks.secondsPerCall, onWire.seconds_per_call);
  if constexpr (kWrite) {
    if (!ours.profile) return;
    for (const auto& [name, seconds] : *ours.profile) {
      onWire.profile.push_back(std::make_unique<wire::CallSecondsT>());
      onWire.profile.back()->name = name;
      onWire.profile.back()->seconds = seconds;
    }
  } else if (!onWire.profile.empty()) {
    auto profile = std::make_shared<CallProfile>();
    for (const auto& call : onWire.profile)
      if (call) profile->emplace(call->name, call->seconds);
    ours.profile = std::move(profile);
  }
}

template <bool kWrite>
void moveQuantization(Ours<kWrite, Quantization> ours, Wire<kWrite, wire::QuantizationT> onWire) {
  enumeration<kWrite>(ours.dtype, onWire.dtype, kDTypes);
  if constexpr (!kWrite) ours.allowed.clear();
  const std::size_t allowed = kWrite ? ours.allowed.size() : onWire.allowed.size();
  for (std::size_t i = 0; i < allowed; ++i) {
    if constexpr (kWrite)
      onWire.allowed.emplace_back();
    else
      ours.allowed.emplace_back();
    enumeration<kWrite>(ours.allowed[i], onWire.allowed[i], kDTypes);
  }
  plain<kWrite>(ours.leastBytes, onWire.least_bytes);
  plain<kWrite>(ours.scale, onWire.scale);
  plain<kWrite>(ours.excludePrimals, onWire.exclude_primals);
}

/// Both are absent unless asked for.
template <bool kWrite>
void movePacking(Ours<kWrite, PartitionOptions> ours,
                 Wire<kWrite, wire::PartitionOptionsT> onWire) {
  if constexpr (kWrite) {
    if (ours.quantize) table<true>(*ours.quantize, onWire.quantize, moveQuantization<true>);
    onWire.has_offload = ours.offload.has_value();
    if (ours.offload) onWire.offload_least_bytes = ours.offload->leastBytes;
  } else {
    if (onWire.quantize)
      table<false>(ours.quantize.emplace(), onWire.quantize, moveQuantization<false>);
    if (onWire.has_offload) ours.offload = Offload{onWire.offload_least_bytes};
  }
}

/// Everything but the two graphs.
template <bool kWrite>
void moveFacts(Ours<kWrite, Partition> ours, Wire<kWrite, wire::PartitionT> onWire) {
  table<kWrite>(ours.options, onWire.options, movePartitionOptions<kWrite>);
  list<kWrite>(ours.savedTensors, onWire.saved_tensors, moveSavedTensor<kWrite>);
  list<kWrite>(ours.savedSymInts, onWire.saved_sym_ints, moveSavedSymInt<kWrite>);
  plain<kWrite>(ours.recomputed, onWire.recomputed);
  plain<kWrite>(ours.savedBytesTotal, onWire.bytes_total);
  plain<kWrite>(ours.savedBytesStaticInputs, onWire.bytes_static);
  plain<kWrite>(ours.savedBytesInputs, onWire.bytes_inputs);
  plain<kWrite>(ours.savedBytesActivations, onWire.bytes_activations);
  plain<kWrite>(ours.savedBytesUniqueStorage, onWire.bytes_unique);
  plain<kWrite>(ours.savedBytesNewStorage, onWire.bytes_new);
  plain<kWrite>(ours.donatedIndices, onWire.donated);
  plain<kWrite>(ours.recomputeFlops, onWire.recompute_flops);
  plain<kWrite>(ours.recomputeSeconds, onWire.recompute_seconds);
  plain<kWrite>(ours.peakBytes, onWire.peak_bytes);
  list<kWrite>(ours.solves, onWire.solves, moveSolve<kWrite>);
  list<kWrite>(ours.knapsacks, onWire.knapsacks, moveKnapsack<kWrite>);
  list<kWrite>(ours.decisions, onWire.decisions, moveDecision<kWrite>);
  list<kWrite>(ours.mergedByCse, onWire.merged, movePair<kWrite>);
  plain<kWrite>(ours.seconds, onWire.seconds);
}

}  // namespace

template <bool kWrite>
void movePartitionOptions(Ours<kWrite, PartitionOptions> ours,
                          Wire<kWrite, wire::PartitionOptionsT> onWire) {
  enumeration<kWrite>(ours.partitioner, onWire.partitioner, 2);
  plain<kWrite>(ours.budget, onWire.budget);
  enumeration<kWrite>(ours.solver, onWire.solver, 3);
  plain<kWrite>(ours.save, onWire.save);
  plain<kWrite>(ours.recompute, onWire.recompute);
  list<kWrite>(ours.moduleBudgets, onWire.module_budgets, moveModuleBudget<kWrite>);
  if constexpr (kWrite) {
    onWire.has_peak_limit = ours.peakLimit.has_value();
    onWire.peak_limit = ours.peakLimit.value_or(0);
  } else if (onWire.has_peak_limit) {
    ours.peakLimit = onWire.peak_limit;
  }
  table<kWrite>(ours.cost, onWire.cost, moveCostModel<kWrite>);
  movePacking<kWrite>(ours, onWire);
}

template void movePartitionOptions<true>(const PartitionOptions&, wire::PartitionOptionsT&);
template void movePartitionOptions<false>(PartitionOptions&, const wire::PartitionOptionsT&);

void writePartition(const Partition& partition, wire::PartitionT& onWire) {
  moveFacts<true>(partition, onWire);
  if (partition.forward) table<true>(*partition.forward, onWire.forward, writeGraph);
  if (partition.backward) table<true>(*partition.backward, onWire.backward, writeGraph);
}

Partition readPartition(const wire::PartitionT& onWire) {
  Partition partition;
  moveFacts<false>(partition, onWire);
  if (onWire.forward) partition.forward = readGraph(*onWire.forward);
  if (onWire.backward) partition.backward = readGraph(*onWire.backward);
  return partition;
}

}  // namespace core::protocol
