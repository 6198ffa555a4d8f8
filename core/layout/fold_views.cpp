#include "core/layout/fold_views.h"

#include <array>

namespace core::layout {
namespace {

// They move no data: a reader of the picture wants to see what computes.
constexpr std::array<std::string_view, 13> kViews = {
    "aten.view",    "aten._unsafe_view", "aten.reshape",  "aten.t",         "aten.transpose",
    "aten.permute", "aten.expand",       "aten.squeeze",  "aten.unsqueeze", "aten.detach",
    "aten.alias",   "aten.flatten",      "aten.unflatten"};

bool isView(const ir::Node& node) {
  const std::string_view packet = ir::opPacket(node.target);
  return std::find(kViews.begin(), kViews.end(), packet) != kViews.end();
}

bool isPlaceholder(const FlowNode& node) {
  return node.role != FlowRole::Call;
}

/// `copy_(input, value)`: the mutation of an input, written at the end of the graph.
bool isInputUpdate(const Flow& flow, const FlowNode& node) {
  return ir::opPacket(node.node->target) == "aten.copy_" && node.inputs.size() == 2 &&
         isPlaceholder(flow.nodes[node.inputs[0]]);
}

bool folds(const Flow& flow, const FlowNode& node, bool foldViews) {
  if (node.role != FlowRole::Call || node.inputs.empty()) return false;
  if (node.node->target == "getitem") return true;
  return foldViews && (isView(*node.node) || isInputUpdate(flow, node));
}

std::vector<std::vector<int>> readersOf(const Flow& flow) {
  std::vector<std::vector<int>> readers(flow.nodes.size());
  for (std::size_t i = 0; i < flow.nodes.size(); ++i)
    for (const int input : flow.nodes[i].inputs) readers[input].push_back(static_cast<int>(i));
  return readers;
}

/// Computes on buffers only, for buffers only: `num_batches_tracked + 1`.
bool isBookkeeping(const Flow& flow, const FlowNode& node, const std::vector<int>& readers) {
  if (node.role != FlowRole::Call || node.inputs.empty() || readers.empty()) return false;
  for (const int input : node.inputs)
    if (flow.nodes[input].role != FlowRole::Buffer) return false;
  return std::all_of(readers.begin(), readers.end(),
                     [&](int reader) { return isInputUpdate(flow, flow.nodes[reader]); });
}

}  // namespace

bool isBadge(const FlowNode& node) {
  return node.role == FlowRole::Parameter || node.role == FlowRole::Buffer ||
         node.role == FlowRole::Saved;
}

Folding foldFlow(const Flow& flow, bool foldViews) {
  const auto readers = readersOf(flow);
  const int count = static_cast<int>(flow.nodes.size());
  const auto isLoose = [&](int i) {
    return foldViews && isBookkeeping(flow, flow.nodes[i], readers[i]);
  };
  Folding folding;
  folding.home.resize(count);
  for (int i = 0; i < count; ++i) {
    const FlowNode& node = flow.nodes[i];
    folding.home[i] = i;
    if (folds(flow, node, foldViews)) {
      const int input = isInputUpdate(flow, node) ? node.inputs[1] : node.inputs[0];
      // The home of a value written into an input must be a box to be found there.
      const int home = folding.home[input];
      if (!isInputUpdate(flow, node) || !isBadge(flow.nodes[home])) folding.home[i] = home;
    } else if (isLoose(i)) {
      for (int next = i + 1;
           next < count && flow.nodes[next].node->meta.module == node.node->meta.module; ++next) {
        if (isLoose(next) || folds(flow, flow.nodes[next], foldViews)) continue;
        folding.home[i] = next;
        break;
      }
    }
  }
  return folding;
}

ValueSource resolveInput(const Flow& flow, const Folding& folding, int reader, int input) {
  ValueSource source{input, -1, {}};
  bool inForward = flow.nodes[reader].lane == Lane::Forward;
  for (;;) {
    const FlowNode& node = flow.nodes[source.home];
    if (!inForward && node.lane == Lane::Forward) {
      source.crossing = source.home;
      inForward = true;
    }
    if (!folding.isFolded(source.home)) return source;
    source.passed.push_back(source.home);
    // Bookkeeping is shown in another node's box; nothing but input updates reads it.
    if (folding.home[source.home] > source.home) {
      source.home = folding.home[source.home];
      return source;
    }
    source.home = node.inputs[isInputUpdate(flow, node) ? 1 : 0];
  }
}

}  // namespace core::layout
