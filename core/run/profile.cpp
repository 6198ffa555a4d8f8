#include "core/run/profile.h"

#include <algorithm>
#include <map>

#include "core/base/json_writer.h"

namespace core::run {
namespace {

/// "aten.mm.default" and "aten::mm" are both "mm".
std::string plainName(const std::string& op) {
  const auto colon = op.rfind("::");
  if (colon != std::string::npos) return op.substr(colon + 2);
  const auto first = op.find('.');
  if (first == std::string::npos) return op;
  const auto second = op.find('.', first + 1);
  return op.substr(first + 1, second == std::string::npos ? second : second - first - 1);
}

bool carriesName(const ir::Node& node, const std::string& name) {
  return plainName(node.target) == name || plainName(node.meta.originalOp) == name ||
         plainName(node.meta.exportedOp) == name;
}

void writeName(JsonWriter& json, const char* kind, int process, int thread, const char* name) {
  json.beginObject()
      .member("ph", "M")
      .member("name", kind)
      .member("pid", process)
      .member("tid", thread)
      .key("args")
      .beginObject()
      .member("name", name)
      .endObject()
      .endObject();
}

void writeStep(JsonWriter& json, const StepProfile& step, int process, const char* name) {
  writeName(json, "process_name", process, 0, name);
  writeName(json, "thread_name", process, 1, "forward");
  writeName(json, "thread_name", process, 2, "backward");
  for (const ProfileSlice& slice : step.slices) {
    json.beginObject()
        .member("ph", "X")
        .member("name", slice.name)
        .member("cat", name)
        .member("pid", process)
        .member("tid", slice.inBackward ? 2 : 1)
        .member("ts", slice.startUs)
        .member("dur", slice.durationUs)
        .key("args")
        .beginObject();
    if (!slice.node.empty()) json.member("node", slice.node);
    if (slice.sequence >= 0) json.member("sequence", slice.sequence);
    json.endObject().endObject();
  }
}

}  // namespace

double StepProfile::covered() const {
  double sum = 0;
  for (const ProfileSlice& slice : slices) sum += slice.durationUs;
  return wallUs > 0 ? std::min(1.0, sum / wallUs) : 0;
}

std::vector<ProfileTotal> totalsByName(const StepProfile& profile) {
  std::map<std::string, ProfileTotal> byName;
  for (const ProfileSlice& slice : profile.slices) {
    ProfileTotal& total = byName[slice.name];
    total.name = slice.name;
    ++total.count;
    total.us += slice.durationUs;
  }
  std::vector<ProfileTotal> totals;
  for (auto& [name, total] : byName) totals.push_back(std::move(total));
  std::stable_sort(totals.begin(), totals.end(),
                   [](const ProfileTotal& a, const ProfileTotal& b) { return a.us > b.us; });
  return totals;
}

void linkToGraph(StepProfile& eager, const ir::Graph& joint) {
  std::multimap<std::int64_t, const ir::Node*> bySequence;
  for (const ir::Node& node : joint.nodes())
    if (node.isCall() && node.meta.sequenceNumber)
      bySequence.emplace(*node.meta.sequenceNumber, &node);
  for (ProfileSlice& slice : eager.slices) {
    const auto [first, last] = bySequence.equal_range(slice.sequence);
    const std::string name = plainName(slice.name);
    const auto found = std::find_if(first, last, [&](const auto& entry) {
      const ir::Node& node = *entry.second;
      const bool inBackward = node.meta.tag == ir::PartitionerTag::IsBackward;
      return inBackward == slice.inBackward && (inBackward || carriesName(node, name));
    });
    if (found != last) slice.node = found->second->name;
  }
}

std::string chromeTrace(const Profile& profile) {
  JsonWriter json(1, 2);
  json.beginObject().member("displayTimeUnit", "ms").key("traceEvents").beginArray();
  writeStep(json, profile.eager, 1, "eager");
  writeStep(json, profile.compiled, 2, "compiled");
  return json.endArray().endObject().take();
}

}  // namespace core::run
