#include "core/partition/wishes.h"

#include <algorithm>
#include <map>

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;
using ir::RecomputeTag;

enum class Pin { Save, Recompute };

Error infeasible(Pin pin, const std::string& name, const std::string& why) {
  const std::string verb = pin == Pin::Save ? "saved" : "recomputed";
  return Error{ErrorCode::PartitionInfeasible,
               "'" + name + "' is pinned to be " + verb + ", but " + why + ". Remove the pin.",
               {},
               name};
}

/// Random calls, and the members of their tuples, are never computed twice.
bool dependsOnDraw(const JointProblem& problem, const Node& node) {
  if (problem.random[node.id.index]) return true;
  return node.isCallTo("getitem") && problem.random[node.args[0].node().index];
}

bool isCopy(const Node& node) {
  return node.isCall() && ir::opPacket(node.target) == "aten.copy_";
}

/// Inputs that trailing `copy_` calls write in both halves: the forward's new value is needed.
void saveWrittenTwice(JointProblem& problem) {
  const auto& nodes = problem.graph->nodes();
  std::map<NodeId, NodeId> forwardSource;
  NodeSet inBackward(nodes.size(), false);
  for (std::size_t i = nodes.size() - 1; i-- > 0 && isCopy(nodes[i]);) {
    const Node& copy = nodes[i];
    if (copy.args.size() < 2 || !copy.args[0].isNode() || !copy.args[1].isNode()) continue;
    if (problem.mustBeInBackward[copy.id.index])
      inBackward[copy.args[0].node().index] = true;
    else
      forwardSource.emplace(copy.args[0].node(), copy.args[1].node());
  }
  for (const auto& [input, source] : forwardSource)
    if (inBackward[input.index]) problem.wishes[source.index].tag = RecomputeTag::MustSave;
}

/// What a checkpointed region reads from outside is saved: by the default partitioner, which has no
/// cut that would choose it. Nodes of a region have a tag; of a tuple the region has the members
/// too (cleanup_recompute_tags of PyTorch).
void saveInputsOfRegions(JointProblem& problem) {
  std::vector<NodeId> inputs;
  for (const Node& node : problem.graph->nodes()) {
    if (problem.wishes[node.id.index].tag != RecomputeTag::None) continue;
    const auto& users = problem.graph->users(node.id);
    const bool isRead = std::any_of(users.begin(), users.end(), [&](NodeId user) {
      return problem.wishes[user.index].mustRecompute();
    });
    const bool isMember = node.isCallTo("getitem") &&
                          problem.wishes[node.args[0].node().index].tag != RecomputeTag::None;
    if (isRead && !isMember) inputs.push_back(node.id);
  }
  for (NodeId id : inputs) problem.wishes[id.index].tag = RecomputeTag::MustSave;
}

Result<void> checkPin(const JointProblem& problem, const NodeClasses& classes, NodeId id, Pin pin) {
  const Node& node = problem.node(id);
  if (classes.tangentClosure[id.index])
    return infeasible(pin, node.name, "it is computed from gradients, so only the backward has it");
  if (pin == Pin::Save && problem.overwritten[id.index])
    return infeasible(pin, node.name, "it lies in an input that the forward overwrites");
  if (pin == Pin::Save) return {};
  if (node.kind == ir::NodeKind::Placeholder)
    return infeasible(pin, node.name, "it is an input of the graph, which nothing can compute");
  if (dependsOnDraw(problem, node))
    return infeasible(pin, node.name,
                      "it holds random numbers, and a second draw would give others");
  if (problem.ops[id.index].writesArgument || problem.ops[id.index].collective)
    return infeasible(pin, node.name, "its operator has side effects");
  return {};
}

Result<void> setPin(JointProblem& problem, NodeId id, Pin pin) {
  Wish& wish = problem.wishes[id.index];
  if (pin == Pin::Save ? wish.pinnedRecompute : wish.pinnedSave)
    return infeasible(pin, problem.node(id).name, "it is pinned to the opposite as well");
  if (pin == Pin::Save) {
    wish.pinnedSave = true;
    wish.tag = RecomputeTag::None;
  } else {
    wish.pinnedRecompute = true;
    wish.tag = RecomputeTag::MustRecompute;
  }
  return {};
}

/// A tuple cannot be saved, so its members are; a member is recomputed with its tuple.
Result<void> addPin(JointProblem& problem, const NodeClasses& classes, NodeId id, Pin pin) {
  CORE_TRY_VOID(checkPin(problem, classes, id, pin));
  const Node& node = problem.node(id);
  if (pin == Pin::Save && node.tuple()) {
    for (NodeId member : problem.graph->users(id))
      if (problem.node(member).isCallTo("getitem")) CORE_TRY_VOID(setPin(problem, member, pin));
    return {};
  }
  CORE_TRY_VOID(setPin(problem, id, pin));
  if (pin == Pin::Recompute && node.isCallTo("getitem"))
    CORE_TRY_VOID(setPin(problem, node.args[0].node(), pin));
  return {};
}

Result<void> addPins(JointProblem& problem, const NodeClasses& classes,
                     const std::vector<std::string>& names, Pin pin, const FindNode& find) {
  for (const std::string& name : names) {
    CORE_TRY(const NodeId id, find(name));
    CORE_TRY_VOID(addPin(problem, classes, id, pin));
  }
  return {};
}

Result<void> checkModules(const JointProblem& problem, const PartitionOptions& options) {
  for (const ModuleBudget& budget : options.moduleBudgets) {
    if (!(budget.budget >= 0 && budget.budget <= 1))
      return Error{ErrorCode::InvalidArgument,
                   "The budget of module '" + budget.module + "' is not between 0 and 1.",
                   {},
                   {}};
    bool known = budget.module.empty();
    for (const Node& node : problem.graph->nodes()) {
      const ir::ModuleScope* scope = node.meta.anyModule();
      known =
          known ||
          (scope && (scope->path == budget.module || scope->path.starts_with(budget.module + ".")));
    }
    if (!known)
      return Error{ErrorCode::InvalidArgument,
                   "No node belongs to a module '" + budget.module +
                       "'. Paths are as in the model, for example 'layer1.0'.",
                   {},
                   {}};
  }
  return {};
}

}  // namespace

Result<void> addWishes(JointProblem& problem, const NodeClasses& classes,
                       const PartitionOptions& options, const FindNode& find) {
  for (const Node& node : problem.graph->nodes()) {
    Wish& wish = problem.wishes[node.id.index];
    if (dependsOnDraw(problem, node) && wish.mustRecompute()) wish.tag = RecomputeTag::None;
    if (problem.ops[node.id.index].collective && wish.tag == RecomputeTag::None)
      wish.tag = RecomputeTag::MustSave;
  }
  if (options.partitioner == PartitionerKind::Default) saveInputsOfRegions(problem);
  saveWrittenTwice(problem);
  CORE_TRY_VOID(checkModules(problem, options));
  CORE_TRY_VOID(addPins(problem, classes, options.save, Pin::Save, find));
  return addPins(problem, classes, options.recompute, Pin::Recompute, find);
}

}  // namespace core::partition
