#include "core/partition/why_saved.h"

#include <cmath>

#include "core/partition/partition_joint.h"

namespace core::partition {
namespace {

const ValueDecision* decisionOf(const Partition& partition, const std::string& name) {
  for (const ValueDecision& decision : partition.decisions)
    if (decision.name == name) return &decision;
  return nullptr;
}

std::string signedNumber(double number) {
  const auto whole = static_cast<long long>(std::llround(number));
  return (whole > 0 ? "+" : "") + std::to_string(whole);
}

std::string sentenceOf(const FlipCost& cost) {
  const std::string verb = cost.before == ValueFate::Saved ? "Recomputing" : "Saving";
  std::string text = verb + " " + cost.name + " instead changes the saved bytes by ";
  text += signedNumber(static_cast<double>(cost.savedBytes));
  text += " (" + signedNumber(static_cast<double>(cost.newStorageBytes)) + " of new memory)";
  text += " and the recomputed operations by " + signedNumber(cost.flops) + ".";
  if (cost.before == cost.after) text += " The value keeps its fate: nothing would read it.";
  return text;
}

}  // namespace

Result<FlipCost> costOfFlip(const ir::JointGraph& joint, const Partition& current,
                            const std::string& name, const StageContext& context) {
  const ValueDecision* before = decisionOf(current, name);
  if (!before)
    return Error{ErrorCode::InvalidArgument,
                 "'" + name + "' is not a value of the forward: there is no choice about it.",
                 {},
                 name};
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
  cost.sentence = sentenceOf(cost);
  return cost;
}

}  // namespace core::partition
