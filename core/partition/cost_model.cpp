#include "core/partition/cost_model.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/ir/op_table.h"
#include "core/partition/recompute_cost.h"

namespace core::partition {
namespace {

using ir::Graph;
using ir::Node;

constexpr std::array<std::string_view, 3> kNames{"FLOPs", "roofline", "profile"};

bool isFree(const Node& node) {
  return !node.isCall() || node.target == "getitem" || node.sym() ||
         ir::opFacts(node.target).sharesStorage;
}

double rooflineSeconds(const MachinePeaks& peaks, const Graph& graph, const Node& node) {
  const double compute = flopCount(graph, node) / peaks.flopsPerSecond;
  const double memory = static_cast<double>(bytesMoved(graph, node)) / peaks.bytesPerSecond;
  return std::max(compute, memory) + peaks.secondsPerCall;
}

}  // namespace

std::string_view costModelName(CostModelKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

std::int64_t bytesMoved(const Graph& graph, const Node& node) {
  if (isFree(node)) return 0;
  std::int64_t bytes = node.bytes();
  std::vector<ir::NodeId> seen;
  ir::forEachInput(node, [&](ir::NodeId id) {
    if (std::find(seen.begin(), seen.end(), id) != seen.end()) return;
    seen.push_back(id);
    bytes += graph.node(id).bytes();
  });
  return bytes;
}

double secondsOf(const CostModel& model, const Graph& graph, const Node& node) {
  if (isFree(node)) return 0;
  if (model.timeKind() == CostModelKind::Profile && model.profile)
    if (const auto found = model.profile->find(node.name); found != model.profile->end())
      return found->second;
  return rooflineSeconds(model.peaks, graph, node);
}

double recomputeCost(const CostModel& model, const Graph& graph, const Node& node) {
  return model.kind == CostModelKind::Flops ? recomputeCost(graph, node)
                                            : secondsOf(model, graph, node);
}

}  // namespace core::partition
