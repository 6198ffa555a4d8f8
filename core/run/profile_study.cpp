#include "core/run/profile_study.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "core/run/profile_gaps.h"

namespace core::run {
namespace {

/// The operators and kernels in order of time.
std::vector<const ProfileSlice*> byStart(const StepProfile& step) {
  std::vector<const ProfileSlice*> slices;
  for (const ProfileSlice& slice : step.slices)
    if (!isBetweenOperators(slice)) slices.push_back(&slice);
  std::stable_sort(slices.begin(), slices.end(),
                   [](const auto* a, const auto* b) { return a->startUs < b->startUs; });
  return slices;
}

/// The child of `parent` with that path, made if it is missing.
ModuleTime& childOf(ModuleTime& parent, const std::string& path) {
  const auto found = std::find_if(parent.children.begin(), parent.children.end(),
                                  [&](const ModuleTime& child) { return child.path == path; });
  if (found != parent.children.end()) return *found;
  parent.children.emplace_back();
  parent.children.back().path = path;
  return parent.children.back();
}

std::string moduleOf(const ProfileSlice& slice, const ir::Graph& joint) {
  const auto id = slice.node.empty() ? std::nullopt : joint.find(slice.node);
  const auto* scope = id ? joint.node(*id).meta.anyModule() : nullptr;
  return scope ? scope->path : std::string();
}

}  // namespace

std::vector<LaunchGap> launchGaps(const StepProfile& step) {
  std::vector<LaunchGap> gaps;
  double end = 0;
  const ProfileSlice* last = nullptr;
  const auto add = [&](const ProfileSlice* next, double start) {
    if (start <= end) return;
    gaps.push_back({last ? last->name : std::string(), next ? next->name : std::string(),
                    next ? next->node : std::string(), end, start - end});
  };
  for (const ProfileSlice* slice : byStart(step)) {
    add(slice, slice->startUs);
    end = std::max(end, slice->startUs + slice->durationUs);
    last = slice;
  }
  add(nullptr, step.wallUs);
  std::stable_sort(gaps.begin(), gaps.end(),
                   [](const LaunchGap& a, const LaunchGap& b) { return a.us > b.us; });
  return gaps;
}

std::vector<GroupSaving> groupSavings(const Profile& profile) {
  std::vector<GroupSaving> groups;
  std::map<std::string, std::size_t> groupOf;
  GroupSaving between{"between operators", {}, false, 0, 0, 0};
  for (const ProfileSlice& slice : profile.compiled.slices) {
    if (isBetweenOperators(slice)) {
      between.compiledUs += slice.durationUs;
      continue;
    }
    GroupSaving group{slice.name, slice.node, slice.inBackward, 1, 0, slice.durationUs};
    if (!slice.members.empty()) group.nodes = static_cast<int>(slice.members.size());
    groupOf.emplace(slice.node, groups.size());
    for (const std::string& member : slice.members) groupOf.emplace(member, groups.size());
    groups.push_back(std::move(group));
  }
  std::array<GroupSaving, 2> alone;
  for (const ProfileSlice& slice : profile.eager.slices) {
    if (isBetweenOperators(slice)) {
      between.eagerUs += slice.durationUs;
      continue;
    }
    const auto found = slice.node.empty() ? groupOf.end() : groupOf.find(slice.node);
    GroupSaving& rest = alone[slice.inBackward ? 1 : 0];
    GroupSaving& group = found == groupOf.end() ? rest : groups[found->second];
    group.eagerUs += slice.durationUs;
    if (rest.node.empty() && found == groupOf.end()) rest.node = slice.node;
  }
  for (std::size_t half = 0; half < alone.size(); ++half) {
    if (alone[half].eagerUs <= 0) continue;
    alone[half].name = "only in eager";
    alone[half].inBackward = half == 1;
    groups.push_back(alone[half]);
  }
  if (between.eagerUs > 0 || between.compiledUs > 0) groups.push_back(between);
  std::stable_sort(groups.begin(), groups.end(), [](const GroupSaving& a, const GroupSaving& b) {
    return a.savedUs() > b.savedUs();
  });
  return groups;
}

std::vector<PartTime> partTimes(const Profile& profile, const ir::Graph& joint) {
  std::vector<PartTime> parts;
  std::map<std::tuple<std::string, std::string, bool, bool>, std::size_t> placeOf;
  for (const bool isCompiled : {false, true}) {
    for (const ProfileSlice& slice : (isCompiled ? profile.compiled : profile.eager).slices) {
      const std::string module = moduleOf(slice, joint);
      const auto [place, isNew] =
          placeOf.try_emplace({module, slice.name, isCompiled, slice.inBackward}, parts.size());
      if (isNew) parts.push_back({module, slice.name, isCompiled, slice.inBackward, 0, 0});
      PartTime& part = parts[place->second];
      ++part.calls;
      part.us += slice.durationUs;
    }
  }
  return parts;
}

ModuleTime timeByModule(const StepProfile& step, const ir::Graph& joint) {
  ModuleTime whole;
  for (std::size_t i = 0; i < step.slices.size(); ++i) {
    const ProfileSlice& slice = step.slices[i];
    const std::string path = moduleOf(slice, joint);
    ModuleTime* module = &whole;
    module->us += slice.durationUs;
    for (std::size_t dot = 0; dot != std::string::npos && !path.empty();) {
      dot = path.find('.', dot == 0 ? 0 : dot + 1);
      module = &childOf(*module, path.substr(0, dot));
      module->us += slice.durationUs;
    }
    module->ownSlices.push_back(i);
  }
  return whole;
}

}  // namespace core::run
