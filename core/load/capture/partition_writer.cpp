#include "core/load/capture/partition_writer.h"

#include <algorithm>
#include <set>

#include "core/ir/op_table.h"
#include "core/load/capture/graph_writer.h"

namespace core::load {
namespace {

using ir::Node;
using ir::NodeKind;
using partition::Partition;
using partition::Solve;

const char* kindName(partition::SavedKind kind) {
  switch (kind) {
    case partition::SavedKind::StaticInput: return "static_input";
    case partition::SavedKind::Input: return "input";
    case partition::SavedKind::Activation: return "activation";
  }
  return "activation";
}

void writeBanOptions(JsonWriter& json, const partition::BanOptions& options) {
  json.beginObject()
      .member("ban_if_used_far_apart", options.ifUsedFarApart)
      .member("ban_if_long_fusible_chains", options.ifLongFusibleChains)
      .member("ban_if_materialized_backward", options.ifMaterializedBackward)
      .member("ban_if_not_in_allowlist", options.ifNotInAllowlist)
      .member("ban_if_reduction", options.ifReduction)
      .endObject();
}

std::string optionsText(const partition::BanOptions& options) {
  JsonWriter json;
  writeBanOptions(json, options);
  return json.take();
}

/// All solves of all partitions, each once.
class SolvePool {
 public:
  int indexOf(const Solve& solve) {
    std::pair<std::string, std::vector<std::string>> key{optionsText(solve.options), solve.dontBan};
    std::sort(key.second.begin(), key.second.end());
    const auto found = std::find(m_keys.begin(), m_keys.end(), key);
    if (found != m_keys.end()) return static_cast<int>(found - m_keys.begin());
    m_keys.push_back(std::move(key));
    m_solves.push_back(&solve);
    return static_cast<int>(m_solves.size()) - 1;
  }

  void write(JsonWriter& json) const {
    json.beginArray();
    for (std::size_t i = 0; i < m_solves.size(); ++i) {
      writeBanOptions(json.beginObject().key("options"), m_solves[i]->options);
      json.member("dont_ban", m_keys[i].second)
          .member("cut_value", m_solves[i]->cutValue)
          .member("flow_nodes", m_solves[i]->flowNodes)
          .member("flow_edges", m_solves[i]->flowEdges)
          .member("banned", m_solves[i]->banned)
          .member("saved", m_solves[i]->saved)
          .endObject();
    }
    json.endArray();
  }

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> m_keys;
  std::vector<const Solve*> m_solves;
};

void writeSaved(JsonWriter& json, const Partition& partition) {
  json.key("saved_tensors").beginArray();
  for (const partition::SavedTensor& saved : partition.savedTensors) {
    json.beginObject().member("name", saved.name);
    writeTensorMembers(json, saved.meta);
    json.member("bytes", saved.bytes)
        .member("kind", kindName(saved.kind))
        .member("alias_of_input", saved.aliasOfInput)
        .member("shares_storage_with_earlier", saved.sharesStorageWithEarlier)
        .endObject();
  }
  json.endArray().key("saved_symints").beginArray();
  for (const partition::SavedSymInt& saved : partition.savedSymInts)
    json.beginObject()
        .member("name", saved.name)
        .member("value", saved.size.text())
        .member("hint", saved.size.hint())
        .endObject();
  json.endArray()
      .member("num_saved_tensors", partition.savedTensors.size())
      .member("saved_bytes_total", partition.savedBytesTotal)
      .member("saved_bytes_static_inputs", partition.savedBytesStaticInputs)
      .member("saved_bytes_inputs", partition.savedBytesInputs)
      .member("saved_bytes_activations", partition.savedBytesActivations)
      .member("saved_bytes_unique_storage", partition.savedBytesUniqueStorage)
      .member("saved_bytes_new_storage", partition.savedBytesNewStorage);
}

void writeRecomputed(JsonWriter& json, const Partition& partition) {
  std::map<std::string, int> counts;
  for (const std::string& name : partition.recomputed) {
    ++counts[partition.backward->node(*partition.backward->find(name)).target];
  }
  json.member("num_recomputed", partition.recomputed.size())
      .member("recomputed", partition.recomputed)
      .key("recomputed_op_counts")
      .beginObject();
  for (const auto& [target, count] : counts) json.member(target, count);
  json.endObject();
}

/// Calls that nobody reads and that write nothing.
std::vector<std::string> deadCalls(const ir::Graph& graph) {
  std::vector<bool> live(graph.size(), false);
  std::vector<std::string> dead;
  for (std::size_t i = graph.size(); i-- > 0;) {
    const Node& node = graph.nodes()[i];
    const ir::OpFacts facts = node.isCall() ? ir::opFacts(node.target) : ir::OpFacts();
    const bool isRoot = node.kind == NodeKind::Output || facts.writesArgument || facts.assertion;
    if (live[i] || isRoot)
      ir::forEachInput(node, [&](ir::NodeId id) { live[id.index] = true; });
    else if (node.isCall())
      dead.push_back(node.name);
  }
  std::reverse(dead.begin(), dead.end());
  return dead;
}

/// A half as names; calls that differ from the joint graph's are spelled out.
void writeHalf(JsonWriter& json, const ir::Graph& half, const ir::Graph& joint,
               const Renames& renames) {
  writeCounts(json.beginObject(), half);
  json.key("placeholders").beginArray();
  for (ir::NodeId id : half.placeholders()) json.value(half.node(id).name);
  json.endArray().key("calls").beginArray();
  std::vector<const Node*> overrides;
  for (const Node& node : half.nodes()) {
    if (!node.isCall() && node.kind != NodeKind::Attribute) continue;
    json.value(node.name);
    const auto original = joint.find(node.name);
    if (!original || callText(half, node) != callText(joint, joint.node(*original), renames))
      overrides.push_back(&node);
  }
  json.endArray().key("outputs").beginArray();
  for (const ir::Argument& output : half.outputs()) writeArgument(json, half, output);
  json.endArray().key("overrides").beginObject();
  for (const Node* node : overrides) writeNode(json.key(node->name), half, *node);
  json.endObject().member("dead_calls", deadCalls(half)).endObject();
}

void writeKnapsack(JsonWriter& json, const partition::Knapsack& knapsack) {
  std::vector<std::string> candidates, save, recompute;
  std::vector<double> memory, runtime;
  std::vector<std::int64_t> bytes;
  for (const partition::KnapsackItem& item : knapsack.items) {
    candidates.push_back(item.name);
    memory.push_back(item.memory);
    bytes.push_back(item.bytes);
    runtime.push_back(item.runtime);
    (item.saved ? save : recompute).push_back(item.name);
  }
  json.beginObject()
      .member("budget", knapsack.budget)
      .member("candidates", candidates)
      .member("memory", memory)
      .member("bytes", bytes)
      .member("runtime", runtime)
      .member("expected_runtime", knapsack.savedRuntime)
      .member("save", save)
      .member("recompute", recompute)
      .endObject();
}

void writeVariant(JsonWriter& json, const ir::JointGraph& joint, const Partition& partition,
                  SolvePool& pool) {
  const Renames renames(partition.mergedByCse.begin(), partition.mergedByCse.end());
  json.beginObject().member("num_fwd_outputs", joint.signature.numForwardOutputs);
  writeSaved(json, partition);
  writeRecomputed(json, partition);
  writeHalf(json.key("forward"), *partition.forward, *joint.graph, renames);
  writeHalf(json.key("backward"), *partition.backward, *joint.graph, renames);
  if (!partition.solves.empty()) {
    json.key("solves").beginArray();
    for (const Solve& solve : partition.solves) json.value(pool.indexOf(solve));
    json.endArray().key("knapsacks").beginArray();
    for (const partition::Knapsack& knapsack : partition.knapsacks) writeKnapsack(json, knapsack);
    json.endArray();
  }
  json.member("bw_donated_idxs", partition.donatedIndices)
      .member("recompute_flops", partition.recomputeFlops)
      .member("recompute_seconds", partition.recomputeSeconds)
      .member("recompute_seconds_model", costModelName(partition.options.cost.timeKind()))
      .member("peak_bytes", partition.peakBytes)
      .member("partition_seconds", partition.seconds)
      .endObject();
}

}  // namespace

std::string variantName(const partition::PartitionOptions& options) {
  if (options.partitioner == partition::PartitionerKind::Default) return "default";
  if (options.peakLimit) return "mincut_peak_" + std::to_string(*options.peakLimit);
  JsonWriter json;
  return "mincut_" + json.value(options.budget).take();
}

void writePartitions(JsonWriter& json, const ir::JointGraph& joint,
                     const std::vector<const Partition*>& partitions) {
  SolvePool pool;
  std::set<std::string> names;
  json.key("variants").beginObject();
  for (const Partition* partition : partitions) {
    const std::string name = variantName(partition->options);
    if (names.insert(name).second) writeVariant(json.key(name), joint, *partition, pool);
  }
  json.endObject();
  const auto minCut = std::find_if(partitions.begin(), partitions.end(),
                                   [](const Partition* p) { return !p->solves.empty(); });
  if (minCut == partitions.end()) return;
  json.key("mincut").beginObject().key("merged_by_cse").beginObject();
  for (const auto& [removed, kept] : (*minCut)->mergedByCse) json.member(removed, kept);
  json.endObject().key("solves");
  pool.write(json);
  json.endObject();
}

}  // namespace core::load
