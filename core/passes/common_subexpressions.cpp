#include "core/passes/common_subexpressions.h"

// Problem: autograd and decompositions write the same call several times. Idea: walk in order and
// look every call up by what it computes. The look-up is PyTorch's, not the obvious one, because
// which of several equal nodes survives decides the names of saved tensors:
//
//   hash   operator and the leaves of its arguments, each with its type and Python's hash; nesting
//          is not part of it
//   token  operator and arguments with nesting, numbers by value
//
// A call without an entry under its hash becomes the entry. An equal token and the same mutation
// region: the call is merged. An equal token in another region: the call replaces the entry. A
// different token, a collision: the call is kept and does NOT become an entry, so later equals of
// it are not merged either (`-1` and `-2` collide in Python).
//
// Never merged: what is random or uninitialised, and tensors in a storage that the graph returns.
// Unlike PyTorch we also keep -0.0 apart from 0.0, and every call that draws random numbers.
// Cost: linear in the number of arguments.

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "core/ir/op_table.h"
#include "core/ir/value_storage.h"
#include "core/passes/graph_copier.h"
#include "core/passes/python_hash.h"

namespace core::passes {
namespace {

using ir::Argument;
using ir::Node;
using ir::NodeId;

/// One number for the hash of a call. Two calls with different hashes of PyTorch's may get the same
/// number once in 2^64; then the later one is kept unmerged.
class CallHash {
 public:
  explicit CallHash(const std::vector<NodeId>& kept) : m_kept(kept) {}

  std::uint64_t of(const Node& node) {
    m_hash = std::hash<std::string>()(node.target);
    for (const Argument& argument : node.args) add(argument);
    mix(kKeywords);
    for (const auto& [name, argument] : node.kwargs) add(argument);
    return m_hash;
  }

 private:
  static constexpr std::uint64_t kKeywords = 0x517cc1b727220a95U;

  void mix(std::uint64_t bits) {
    m_hash = (m_hash ^ bits) * 0x9e3779b97f4a7c15U;
    m_hash ^= m_hash >> 32;
  }

  /// Types are part of the hash: 1, 1.0 and true differ.
  template <typename T>
  void leaf(const Argument& argument, T bits) {
    mix(argument.value.index());
    mix(static_cast<std::uint64_t>(bits));
  }

  void add(const Argument& argument) {
    std::visit(
        [&](const auto& value) {
          using T = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<T, Argument::List>)
            for (const Argument& element : value) add(element);
          else
            leaf(argument, bitsOf(value));
        },
        argument.value);
  }

  std::uint64_t bitsOf(std::monostate) { return 0; }
  std::uint64_t bitsOf(NodeId id) { return m_kept[id.index].index; }
  std::uint64_t bitsOf(bool flag) { return flag ? 1 : 0; }
  std::int64_t bitsOf(std::int64_t number) { return pythonHash(number); }
  std::uint64_t bitsOf(double number) {
    if (std::isnan(number)) return ++m_nans;  // no two are equal
    return static_cast<std::uint64_t>(pythonHash(number));
  }
  std::uint64_t bitsOf(const std::string& text) { return std::hash<std::string>()(text); }
  std::uint64_t bitsOf(ir::Device device) {
    return static_cast<std::uint64_t>(device.type) << 32 | static_cast<std::uint32_t>(device.index);
  }
  template <typename Enum>
  requires std::is_enum_v<Enum> std::uint64_t bitsOf(Enum word) {
    return static_cast<std::uint64_t>(word);
  }

  const std::vector<NodeId>& m_kept;
  std::uint64_t m_hash = 0;
  std::uint64_t m_nans = 0;
};

/// Equal tokens: operator, arguments with nesting, numbers by value.
class SameCall {
 public:
  explicit SameCall(const std::vector<NodeId>& kept) : m_kept(kept) {}

  bool operator()(const Node& a, const Node& b) const {
    return a.target == b.target && same(a.args, b.args) &&
           std::equal(a.kwargs.begin(), a.kwargs.end(), b.kwargs.begin(), b.kwargs.end(),
                      [&](const auto& x, const auto& y) {
                        return x.first == y.first && same(x.second, y.second);
                      });
  }

 private:
  bool same(const Argument::List& a, const Argument::List& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](const Argument& x, const Argument& y) { return same(x, y); });
  }

  bool same(const Argument& a, const Argument& b) const {
    if (a.value.index() != b.value.index()) return false;
    if (a.isNode()) return m_kept[a.node().index] == m_kept[b.node().index];
    if (a.isList()) return same(a.list(), b.list());
    const auto* x = std::get_if<double>(&a.value);
    const auto* y = std::get_if<double>(&b.value);
    if (!x || !y) return a == b;
    return *x == *y && std::signbit(*x) == std::signbit(*y);
  }

  const std::vector<NodeId>& m_kept;
};

struct Entry {
  NodeId node;
  int region = 0;
};

/// Storages of the tensors that the graph returns.
std::unordered_set<int> returnedStorages(const ir::Graph& graph, const std::vector<int>& storages) {
  std::unordered_set<int> returned;
  ir::forEachInput(graph.outputNode(), [&](NodeId id) {
    if (storages[id.index] != ir::kNoStorage) returned.insert(storages[id.index]);
  });
  return returned;
}

}  // namespace

std::vector<NodeId> representatives(const ir::Graph& graph, const std::vector<int>& primalStorage) {
  const std::vector<int> storages = ir::valueStorages(graph, primalStorage);
  const std::unordered_set<int> returned = returnedStorages(graph, storages);
  std::vector<NodeId> kept(graph.size());
  std::unordered_map<std::uint64_t, Entry> entries;
  entries.reserve(graph.size());
  CallHash hash(kept);
  const SameCall same(kept);
  int region = 0;
  for (const Node& node : graph.nodes()) {
    kept[node.id.index] = node.id;
    if (!node.isCall()) continue;
    const ir::OpFacts facts = ir::opFacts(node.target);
    if (facts.writesArgument) ++region;
    const bool alone = facts.neverMerged || (facts.seeded && ir::drawsRandomNumbers(node)) ||
                       returned.contains(storages[node.id.index]);
    if (alone) continue;
    const auto [found, isNew] = entries.try_emplace(hash.of(node), Entry{node.id, region});
    if (isNew || !same(graph.node(found->second.node), node)) continue;
    if (found->second.region == region)
      kept[node.id.index] = found->second.node;
    else
      found->second = Entry{node.id, region};
  }
  return kept;
}

ir::PassResult eliminateCommonSubexpressions(const ir::GraphPtr& graph,
                                             const std::vector<int>& primalStorage) {
  const std::vector<NodeId> kept = representatives(*graph, primalStorage);
  bool changed = false;
  GraphCopier copier(*graph);
  for (const Node& node : graph->nodes()) {
    const NodeId standIn = kept[node.id.index];
    if (standIn == node.id) {
      copier.copy(node);
    } else {
      copier.merge(node.id, standIn);
      changed = true;
    }
  }
  if (!changed) return {graph, ir::OriginMap::identity(graph->size())};
  return std::move(copier).freeze();
}

}  // namespace core::passes
