#include "core/schedule/step_order.h"

#include <algorithm>
#include <optional>
#include <queue>

#include "core/ir/op_table.h"

namespace core::schedule {
namespace {

/// Every reader of the old value before the copy, every later reader of the tensor after it.
void addWriteBackOrder(const LoweredGraph& lowered, ir::NodeId copy,
                       std::vector<std::vector<ir::NodeId>>& after) {
  const ir::Node& node = lowered.graph->node(copy);
  const ir::NodeId destination = lowered.at(node.args[0].node()).root;
  for (const ir::NodeId reader : lowered.at(destination).readers) {
    if (reader == copy) continue;
    if (reader < copy)
      after[reader.index].push_back(copy);
    else
      after[copy.index].push_back(reader);
  }
}

}  // namespace

std::vector<std::vector<ir::NodeId>> successors(const LoweredGraph& lowered) {
  std::vector<std::vector<ir::NodeId>> after(lowered.nodes.size());
  std::optional<ir::NodeId> lastDraw;
  for (const ir::Node& node : lowered.graph->nodes()) {
    if (ir::drawsRandomNumbers(node)) {
      if (lastDraw) after[lastDraw->index].push_back(node.id);
      lastDraw = node.id;
    }
    const ir::NodeId producer = lowered.producer(node.id);
    const auto& readers = lowered.at(node.id).readers;
    auto& list = after[producer.index];
    list.insert(list.end(), readers.begin(), readers.end());
    if (lowered.at(node.id).role == NodeRole::WriteBack) addWriteBackOrder(lowered, node.id, after);
  }
  return after;
}

std::vector<int> orderUnits(const std::vector<std::vector<ir::NodeId>>& successors,
                            const std::vector<int>& unitOf, int unitCount) {
  const auto count = static_cast<std::size_t>(unitCount);
  std::vector<std::size_t> lastNode(count, 0);
  std::vector<int> waiting(count, 0);
  std::vector<std::vector<int>> next(count);
  for (std::size_t i = 0; i < unitOf.size(); ++i) {
    if (unitOf[i] < 0) continue;
    const auto from = static_cast<std::size_t>(unitOf[i]);
    lastNode[from] = i;
    for (const ir::NodeId reader : successors[i]) {
      const int to = unitOf[reader.index];
      if (to < 0 || to == unitOf[i]) continue;
      next[from].push_back(to);
      ++waiting[static_cast<std::size_t>(to)];
    }
  }
  const auto runsLater = [&](int a, int b) {
    return lastNode[static_cast<std::size_t>(a)] > lastNode[static_cast<std::size_t>(b)];
  };
  std::priority_queue<int, std::vector<int>, decltype(runsLater)> ready(runsLater);
  for (int unit = 0; unit < unitCount; ++unit)
    if (waiting[static_cast<std::size_t>(unit)] == 0) ready.push(unit);
  std::vector<int> order;
  while (!ready.empty()) {
    const int unit = ready.top();
    ready.pop();
    order.push_back(unit);
    for (const int follower : next[static_cast<std::size_t>(unit)])
      if (--waiting[static_cast<std::size_t>(follower)] == 0) ready.push(follower);
  }
  if (order.size() != count) order.clear();
  return order;
}

}  // namespace core::schedule
