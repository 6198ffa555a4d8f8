#include "core/schedule/lowerings.h"

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

}  // namespace

const Lowering* findLowering(std::string_view target) {
  static const auto all = collected();
  const auto found = all.find(target);
  return found == all.end() ? nullptr : found->second;
}

}  // namespace core::schedule
