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

#include <bit>
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

/// Writes the hash key and the token of calls.
class CallKey {
 public:
  explicit CallKey(const std::vector<NodeId>& kept) : m_kept(kept) {}

  void write(const Node& node) {
    hash = node.target + '\n';
    token.clear();
    writeList(node.args);
    hash += '|';
    for (const auto& [name, argument] : node.kwargs) {
      token += name + '=';
      writeArgument(argument);
    }
  }

  std::string hash;
  std::string token;

 private:
  void writeList(const std::vector<Argument>& list) {
    token += '[';
    for (const Argument& argument : list) writeArgument(argument);
    token += ']';
  }

  void leaf(char type, const std::string& hashText, const std::string& valueText) {
    hash += type + hashText + ',';
    token += type + valueText + ',';
  }

  void leaf(char type, const std::string& text) { leaf(type, text, text); }

  void writeDouble(double number) {
    if (std::isnan(number)) return leaf('f', "nan" + std::to_string(m_nans++));
    const std::string sign = std::signbit(number) ? "-" : "+";
    leaf('f', std::to_string(pythonHash(number)),
         sign + std::to_string(std::bit_cast<std::uint64_t>(number)));
  }

  void writeArgument(const Argument& argument) {
    struct Visitor {
      CallKey& key;
      void operator()(std::monostate) const { key.leaf('0', ""); }
      void operator()(NodeId id) const {
        key.leaf('%', std::to_string(key.m_kept[id.index].index));
      }
      void operator()(bool flag) const { key.leaf('b', flag ? "1" : "0"); }
      void operator()(std::int64_t number) const {
        key.leaf('i', std::to_string(pythonHash(number)), std::to_string(number));
      }
      void operator()(double number) const { key.writeDouble(number); }
      void operator()(const std::string& text) const {
        key.leaf('s', std::to_string(text.size()) + ':' + text);
      }
      void operator()(ir::DType dtype) const { key.leaf('d', std::string(ir::dtypeName(dtype))); }
      void operator()(ir::Device device) const { key.leaf('v', ir::deviceName(device)); }
      void operator()(ir::Layout layout) const {
        key.leaf('l', std::to_string(static_cast<int>(layout)));
      }
      void operator()(ir::MemoryFormat format) const {
        key.leaf('m', std::to_string(static_cast<int>(format)));
      }
      void operator()(const Argument::List& list) const { key.writeList(list); }
    };
    std::visit(Visitor{*this}, argument.value);
  }

  const std::vector<NodeId>& m_kept;
  int m_nans = 0;  ///< no two NaNs are equal
};

struct Entry {
  std::string token;
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

/// For each node the one that stands for it: itself, or the earlier one it is merged into.
std::vector<NodeId> representatives(const ir::Graph& graph, const std::vector<int>& storages) {
  const std::unordered_set<int> returned = returnedStorages(graph, storages);
  std::vector<NodeId> kept(graph.size());
  std::unordered_map<std::string, Entry> entries;
  CallKey key(kept);
  int region = 0;
  for (const Node& node : graph.nodes()) {
    kept[node.id.index] = node.id;
    if (!node.isCall()) continue;
    const ir::OpFacts facts = ir::opFacts(node.target);
    if (facts.writesArgument) ++region;
    const bool alone = facts.neverMerged || ir::drawsRandomNumbers(node) ||
                       returned.contains(storages[node.id.index]);
    if (alone) continue;
    key.write(node);
    const auto [found, isNew] = entries.try_emplace(key.hash, Entry{key.token, node.id, region});
    if (isNew || found->second.token != key.token) continue;
    if (found->second.region == region)
      kept[node.id.index] = found->second.node;
    else
      found->second = Entry{key.token, node.id, region};
  }
  return kept;
}

}  // namespace

ir::PassResult eliminateCommonSubexpressions(const ir::GraphPtr& graph,
                                             const std::vector<int>& primalStorage) {
  const std::vector<NodeId> kept =
      representatives(*graph, ir::valueStorages(*graph, primalStorage));
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
