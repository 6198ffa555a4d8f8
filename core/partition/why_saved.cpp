#include "core/partition/why_saved.h"

#include <cmath>
#include <cstdio>
#include <unordered_set>

#include "core/partition/partition_joint.h"

namespace core::partition {
namespace {

constexpr std::size_t kMaxNamed = 5;

const ValueDecision* decisionOf(const Partition& partition, const std::string& name) {
  for (const ValueDecision& decision : partition.decisions)
    if (decision.name == name) return &decision;
  return nullptr;
}

std::string signedNumber(double number) {
  const auto whole = static_cast<long long>(std::llround(number));
  return (whole > 0 ? "+" : "") + std::to_string(whole);
}

using Names = std::vector<std::string>;

/// The names of `all` that are not in `others`, and are not `except`.
Names without(const Names& all, const Names& others, const std::string& except) {
  const std::unordered_set<std::string> known(others.begin(), others.end());
  Names rest;
  for (const std::string& name : all)
    if (name != except && !known.contains(name)) rest.push_back(name);
  return rest;
}

Names savedNames(const Partition& partition) {
  Names names;
  for (const SavedTensor& saved : partition.savedTensors) names.push_back(saved.name);
  for (const SavedSymInt& saved : partition.savedSymInts) names.push_back(saved.name);
  return names;
}

/// " saved too: a, b and 4 more;"
std::string effect(const std::string& verb, const Names& names) {
  if (names.empty()) return {};
  std::string text = " " + verb + ": ";
  for (std::size_t i = 0; i < names.size() && i < kMaxNamed; ++i)
    text += (i > 0 ? ", " : "") + names[i];
  if (names.size() > kMaxNamed)
    text += " and " + std::to_string(names.size() - kMaxNamed) + " more";
  return text + ";";
}

std::string microseconds(double seconds) {
  char text[48];
  std::snprintf(text, sizeof text, "%+.1f us", seconds * 1e6);
  return text;
}

void addEffects(const Partition& current, const Partition& other, FlipCost& cost) {
  const Names before = savedNames(current), after = savedNames(other);
  cost.savedToo = without(after, before, cost.name);
  cost.noLongerSaved = without(before, after, cost.name);
  cost.recomputedToo = without(other.recomputed, current.recomputed, cost.name);
  cost.noLongerRecomputed = without(current.recomputed, other.recomputed, cost.name);
}

std::string sentenceOf(const FlipCost& cost) {
  const std::string verb = cost.before == ValueFate::Saved ? "Recomputing" : "Saving";
  std::string text = verb + " " + cost.name + " instead changes the saved bytes by ";
  text += signedNumber(static_cast<double>(cost.savedBytes));
  text += " (" + signedNumber(static_cast<double>(cost.newStorageBytes)) + " of new memory)";
  text += ", the simulated peak by " + signedNumber(static_cast<double>(cost.peakBytes));
  text += ", the recomputed operations by " + signedNumber(cost.flops) + " and their time by ";
  text += microseconds(cost.seconds) + " (";
  text += std::string(costModelName(cost.partition.options.cost.timeKind())) + ").";
  std::string effects = effect("saved too", cost.savedToo);
  effects += effect("no longer saved", cost.noLongerSaved);
  effects += effect("recomputed too", cost.recomputedToo);
  effects += effect("no longer recomputed", cost.noLongerRecomputed);
  if (!effects.empty()) {
    effects.back() = '.';
    text += " With it," + effects;
  }
  if (cost.before == cost.after) text += " The value keeps its fate: nothing would read it.";
  return text;
}

Error noChoice(const std::string& name) {
  return Error{ErrorCode::InvalidArgument,
               "'" + name + "' is not a value of the forward: there is no choice about it.",
               {},
               name};
}

}  // namespace

Result<FlipCost> costOfFlip(const ir::JointGraph& joint, const Partition& current,
                            const std::string& name, const StageContext& context) {
  const ValueDecision* before = decisionOf(current, name);
  if (!before) return noChoice(name);
  PartitionOptions options = current.options;
  std::erase(options.save, name);
  std::erase(options.recompute, name);
  (before->fate == ValueFate::Saved ? options.recompute : options.save).push_back(name);

  FlipCost cost;
  cost.name = name;
  cost.before = before->fate;
  CORE_TRY(cost.partition, partition(joint, options, context));
  const ValueDecision* after = decisionOf(cost.partition, name);
  if (after) cost.after = after->fate;
  cost.savedBytes = cost.partition.savedBytesTotal - current.savedBytesTotal;
  cost.newStorageBytes = cost.partition.savedBytesNewStorage - current.savedBytesNewStorage;
  cost.peakBytes = cost.partition.peakBytes - current.peakBytes;
  cost.flops = cost.partition.recomputeFlops - current.recomputeFlops;
  cost.seconds = cost.partition.recomputeSeconds - current.recomputeSeconds;
  addEffects(current, cost.partition, cost);
  cost.sentence = sentenceOf(cost);
  return cost;
}

Result<ValueAnswer> whyValue(const ir::JointGraph& joint, const Partition& current,
                             const std::string& name, const StageContext& context) {
  const ValueDecision* decision = decisionOf(current, name);
  if (!decision) return noChoice(name);
  ValueAnswer answer;
  answer.decision = *decision;
  if (const auto id = current.backward->find(name))
    for (ir::NodeId user : current.backward->users(*id))
      answer.backwardReaders.push_back(current.backward->node(user).name);
  auto flip = costOfFlip(joint, current, name, context);
  if (flip)
    answer.flip = std::move(*flip);
  else if (flip.error().code == ErrorCode::PartitionInfeasible)
    answer.refusal = flip.error().message;
  else
    return flip.error();
  return answer;
}

}  // namespace core::partition
