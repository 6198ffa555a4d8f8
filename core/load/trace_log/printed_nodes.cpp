#include "core/load/trace_log/printed_nodes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/check.h"
#include "core/ir/graph_builder.h"
#include "core/load/read_failure.h"

namespace core::load {
namespace {

constexpr std::int64_t kMaxResults = 4096;

/// A tuple has no type of its own in the text; its `getitem` nodes have.
void typeTuples(std::vector<ir::Node>& nodes) {
  std::map<std::uint32_t, ir::TupleMeta> tuples;
  for (const ir::Node& node : nodes) {
    if (node.target != "getitem" || node.args.size() != 2 || !node.args[0].isNode()) continue;
    const auto index = node.args[1].integer();
    const ir::Node& tuple = nodes[node.args[0].node().index];
    if (!index || *index < 0 || *index >= kMaxResults || !tuple.isCall() ||
        tuple.value->index() != 0)
      continue;
    auto& elements = tuples[node.args[0].node().index].elements;
    elements.resize(std::max(elements.size(), static_cast<std::size_t>(*index) + 1));
    if (node.tensor()) elements[static_cast<std::size_t>(*index)] = *node.tensor();
  }
  for (auto& [id, tuple] : tuples) nodes[id].value = std::move(tuple);
}

ir::PartitionerTag phaseTag(bool isCopy, bool ofBackward) {
  using Tag = ir::PartitionerTag;
  if (isCopy) return ofBackward ? Tag::MustBeInBackward : Tag::MustBeInForward;
  return ofBackward ? Tag::IsBackward : Tag::IsForward;
}

/// The backward begins at the first call that needs a tangent. A `copy_` into an input, which
/// stands at the end, must be in the phase of what it copies.
void tagPhases(std::vector<ir::Node>& nodes) {
  std::vector<bool> needsTangent(nodes.size(), false);
  bool hasTangents = false;
  bool backward = false;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    ir::Node& node = nodes[i];
    ir::forEachInput(node, [&](ir::NodeId id) {
      if (needsTangent[id.index]) needsTangent[i] = true;
    });
    if (node.kind == ir::NodeKind::Placeholder && node.name.starts_with("tangents_"))
      hasTangents = needsTangent[i] = true;
    if (node.isCall() && needsTangent[i]) backward = true;
    const bool isCopy = node.isCall() && ir::opPacket(node.target) == "aten.copy_";
    node.meta.tag = phaseTag(isCopy, isCopy || !node.isCall() ? needsTangent[i] : backward);
  }
  if (hasTangents) return;
  for (ir::Node& node : nodes) node.meta.tag = ir::PartitionerTag::None;
}

bool isRecomputed(const ir::Node& node) {
  return node.meta.recompute == ir::RecomputeTag::MustRecompute ||
         node.meta.recompute == ir::RecomputeTag::PreferRecompute;
}

/// Two checkpointed regions with no call in between: the value at their boundary is kept, or both
/// would be recomputed from the beginning of the first (cleanup_recompute_tags of PyTorch).
void saveBetweenRegions(PrintedNodes& printed) {
  auto& regions = printed.regions;
  regions.resize(printed.nodes.size());
  std::vector<bool> isBoundary(printed.nodes.size(), false);
  for (std::size_t user = 0; user < regions.size(); ++user) {
    if (!regions[user] || !isRecomputed(printed.nodes[user])) continue;
    ir::forEachInput(printed.nodes[user], [&](ir::NodeId input) {
      if (regions[input.index] && *regions[input.index] < *regions[user] &&
          isRecomputed(printed.nodes[input.index]))
        isBoundary[input.index] = true;
    });
  }
  for (std::size_t i = 0; i < isBoundary.size(); ++i)
    if (isBoundary[i]) printed.nodes[i].meta.recompute = ir::RecomputeTag::MustSave;
}

}  // namespace

ir::GraphPtr buildPrinted(PrintedNodes printed) {
  typeTuples(printed.nodes);
  tagPhases(printed.nodes);
  saveBetweenRegions(printed);
  ir::GraphBuilder builder;
  for (ir::Node& node : printed.nodes) {
    if (node.kind == ir::NodeKind::Placeholder)
      builder.addPlaceholder(node.name, std::move(node.value), std::move(node.meta));
    else if (node.kind == ir::NodeKind::Attribute)
      builder.addAttribute(node.name, node.target, std::move(node.value), std::move(node.meta));
    else
      builder.addCall(node.name, node.target, std::move(node.args), std::move(node.kwargs),
                      std::move(node.value), std::move(node.meta));
  }
  builder.setOutputs(std::move(printed.outputs), std::move(printed.descriptors));
  try {
    return std::move(builder).freeze();
  } catch (const InternalError& broken) {  // the verifier speaks of the text here, not of a bug
    failRead(ErrorCode::FormatUnsupported,
             std::string("the printed graph is inconsistent: ") + broken.what());
  }
}

}  // namespace core::load
