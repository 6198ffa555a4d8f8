#include "core/partition/describe_partition.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/ir/value_storage.h"
#include "core/partition/classify_nodes.h"
#include "core/partition/recompute_cost.h"

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;

std::vector<std::string> forwardDescriptors(const JointProblem& problem, const SplitPlan& plan) {
  const auto& joint = problem.graph->outputDescriptors();
  if (joint.empty()) return {};
  std::vector<std::string> descriptors(joint.begin(), joint.begin() + problem.numForwardOutputs);
  for (std::size_t i = 0; i < plan.savedTensors.size() + plan.savedSyms.size(); ++i)
    descriptors.push_back("SavedForBackwardsAOTOutput(idx=" + std::to_string(i) + ")");
  return descriptors;
}

std::vector<std::string> backwardDescriptors(const JointProblem& problem) {
  const auto& joint = problem.graph->outputDescriptors();
  if (joint.empty()) return {};
  return {joint.begin() + problem.numForwardOutputs, joint.end()};
}

/// The element of a node's storage, which has the number of its first node; null without a storage.
template <typename T>
T* placeOf(const JointProblem& problem, NodeId id, std::vector<T>& byStorage) {
  const int storage = problem.storage[id.index];
  return storage == ir::kNoStorage ? nullptr : &byStorage[static_cast<std::size_t>(storage)];
}

void describeSaved(const JointProblem& problem, const SplitPlan& plan, Partition& partition) {
  const std::size_t size = problem.graph->size();
  std::vector<std::optional<NodeId>> inputOfStorage(size);
  for (NodeId id : plan.forward.inputs)
    if (auto* first = placeOf(problem, id, inputOfStorage); first && !*first) *first = id;
  NodeSet seen(size, false);
  bool seenWithout = false;  // a value without a storage
  partition.savedTensors.reserve(plan.savedTensors.size());
  for (NodeId id : plan.savedTensors) {
    const Node& node = problem.node(id);
    const int storage = problem.storage[id.index];
    SavedTensor saved;
    saved.name = node.name;
    if (node.tensor()) saved.meta = *node.tensor();
    saved.bytes = problem.bytes[id.index];
    if (problem.isStatic[id.index])
      saved.kind = SavedKind::StaticInput;
    else if (problem.isForwardInput(id))
      saved.kind = SavedKind::Input;
    const std::optional<NodeId>* owner = placeOf(problem, id, inputOfStorage);
    const bool isOfInput = owner && *owner;
    if (isOfInput && saved.kind == SavedKind::Activation)
      saved.aliasOfInput = problem.node(**owner).name;
    if (storage == ir::kNoStorage) {
      saved.sharesStorageWithEarlier = std::exchange(seenWithout, true);
    } else {
      saved.sharesStorageWithEarlier = seen[static_cast<std::size_t>(storage)];
      seen[static_cast<std::size_t>(storage)] = true;
    }
    if (!saved.sharesStorageWithEarlier) {
      partition.savedBytesUniqueStorage += saved.bytes;
      if (!isOfInput) partition.savedBytesNewStorage += saved.bytes;
    }
    partition.savedTensors.push_back(std::move(saved));
  }
  for (NodeId id : plan.savedSyms) {
    const ir::SymMeta* sym = problem.node(id).sym();
    partition.savedSymInts.push_back({problem.node(id).name, sym ? sym->size : ir::Size()});
  }
}

void sumBytes(Partition& partition) {
  for (const SavedTensor& saved : partition.savedTensors) {
    partition.savedBytesTotal += saved.bytes;
    switch (saved.kind) {
      case SavedKind::StaticInput: partition.savedBytesStaticInputs += saved.bytes; break;
      case SavedKind::Input: partition.savedBytesInputs += saved.bytes; break;
      case SavedKind::Activation: partition.savedBytesActivations += saved.bytes; break;
    }
  }
}

void describeRecomputed(const JointProblem& problem, const SplitPlan& plan, Partition& partition) {
  const NodeSet inForward = planNodes(problem, plan.forward);
  for (NodeId id : plan.backward.calls) {
    const Node& node = problem.node(id);
    if (!inForward[id.index] || !node.isCall()) continue;
    partition.recomputed.push_back(node.name);
    partition.recomputeFlops += flopCount(*problem.graph, node);
    partition.recomputeSeconds += secondsOf(partition.options.cost, *problem.graph, node);
  }
}

bool changesMetadata(const JointProblem& problem, const HalfPlan& half) {
  return std::any_of(half.calls.begin(), half.calls.end(),
                     [&](NodeId id) { return problem.ops[id.index].inplaceView; });
}

/// A saved tensor may be given to the backward as scratch memory if nothing else lies in it: no
/// forward input, no user output, no gradient.
void describeDonated(const JointProblem& problem, const SplitPlan& plan, Partition& partition) {
  if (changesMetadata(problem, plan.forward) || changesMetadata(problem, plan.backward)) return;
  std::vector<char> taken(problem.graph->size(), 0);
  const auto take = [&](NodeId id) {
    if (char* place = placeOf(problem, id, taken)) *place = 1;
  };
  for (NodeId id : plan.forward.inputs) take(id);
  for (const auto& outputs : {problem.forwardOutputs(), plan.backward.outputs})
    for (const ir::Argument& output : outputs)
      if (output.isNode()) take(output.node());
  int index = static_cast<int>(plan.savedSyms.size());
  for (NodeId id : plan.savedTensors) {
    const char* isTaken = placeOf(problem, id, taken);
    if (!isTaken || !*isTaken) partition.donatedIndices.push_back(index);
    ++index;
  }
}

}  // namespace

void describePlan(const JointProblem& problem, const SplitPlan& plan, Partition& partition) {
  describeSaved(problem, plan, partition);
  sumBytes(partition);
  describeRecomputed(problem, plan, partition);
  describeDonated(problem, plan, partition);
}

void describePartition(const JointProblem& problem, const SplitPlan& plan, Partition& partition) {
  partition.forward = buildHalf(problem, plan.forward, forwardDescriptors(problem, plan));
  partition.backward = buildHalf(problem, plan.backward, backwardDescriptors(problem));
  describePlan(problem, plan, partition);
}

}  // namespace core::partition
