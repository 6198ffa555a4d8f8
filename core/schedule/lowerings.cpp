#include "core/schedule/lowerings.h"

#include <algorithm>
#include <unordered_map>

namespace core::schedule {
namespace {

std::unordered_map<std::string_view, const Lowering*> collected() {
  std::unordered_map<std::string_view, const Lowering*> all;
  for (const auto table : {arithmeticLowerings(), comparisonLowerings(), activationLowerings(),
                           activationGradientLowerings(), reductionLowerings(), gatherLowerings(),
                           creationLowerings(), placementLowerings()})
    for (const Lowering& lowering : table) all.emplace(lowering.target, &lowering);
  return all;
}

const std::unordered_map<std::string_view, const Lowering*>& allLowerings() {
  static const auto all = collected();
  return all;
}

}  // namespace

std::vector<std::string_view> loweredTargets() {
  std::vector<std::string_view> targets;
  for (const auto& [target, lowering] : allLowerings()) targets.push_back(target);
  std::sort(targets.begin(), targets.end());
  return targets;
}

const Lowering* findLowering(std::string_view target) {
  const auto& all = allLowerings();
  const auto found = all.find(target);
  return found == all.end() ? nullptr : found->second;
}

}  // namespace core::schedule
