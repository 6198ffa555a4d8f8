#include "core/ir/value_storage.h"

#include <map>

#include "core/ir/op_table.h"

namespace core::ir {
namespace {

/// The node whose first argument decides about `node`'s storage: the operator itself, or the
/// operator whose tuple a getitem reads.
const Node& producer(const Graph& graph, const Node& node) {
  return node.isCallTo("getitem") ? graph.node(node.args[0].node()) : node;
}

}  // namespace

std::vector<int> valueStorages(const Graph& graph, const std::vector<int>& primalStorage) {
  std::vector<int> storages(graph.size(), kNoStorage);
  std::map<int, int> shared;  // number in primalStorage -> our number
  for (const Node& node : graph.nodes()) {
    if (!node.tensor()) continue;
    const int own = static_cast<int>(node.id.index);
    int& storage = storages[node.id.index];
    storage = own;
    if (node.kind == NodeKind::Placeholder && node.id.index < primalStorage.size())
      storage = shared.emplace(primalStorage[node.id.index], own).first->second;
    if (!node.isCall()) continue;
    const Node& maker = producer(graph, node);
    const bool isView = !maker.args.empty() && maker.args[0].isNode() && maker.isCall() &&
                        opFacts(maker.target).sharesStorage;
    if (!isView) continue;
    const int base = storages[maker.args[0].node().index];
    if (base != kNoStorage) storage = base;
  }
  return storages;
}

}  // namespace core::ir
