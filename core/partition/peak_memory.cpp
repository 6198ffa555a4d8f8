#include "core/partition/peak_memory.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/ir/value_storage.h"

namespace core::partition {
namespace {

using ir::Graph;
using ir::Node;
using ir::NodeId;

constexpr std::size_t kForever = static_cast<std::size_t>(-1);

/// Lifetimes of the storages of one graph.
class Lifetimes {
 public:
  explicit Lifetimes(const Graph& graph)
      : m_graph(graph),
        m_storage(ir::valueStorages(graph)),
        m_bytes(graph.size(), 0),
        m_lastUse(graph.size(), 0),
        m_isInput(graph.size(), false) {
    for (const Node& node : graph.nodes()) {
      if (const auto storage = storageOf(node.id); storage && node.tensor())
        m_bytes[*storage] = std::max(m_bytes[*storage], node.bytes());
      const bool isOutput = node.kind == ir::NodeKind::Output;
      ir::forEachInput(node, [&](NodeId id) {
        if (const auto storage = storageOf(id))
          m_lastUse[*storage] = isOutput ? kForever : node.id.index;
      });
    }
    for (NodeId id : graph.placeholders())
      if (const auto storage = storageOf(id)) m_isInput[*storage] = true;
  }

  std::optional<std::size_t> storageOf(NodeId id) const {
    const int storage = m_storage[id.index];
    return storage == ir::kNoStorage ? std::nullopt
                                     : std::optional(static_cast<std::size_t>(storage));
  }
  std::int64_t bytes(std::size_t storage) const { return m_bytes[storage]; }
  bool isInput(std::size_t storage) const { return m_isInput[storage]; }

  /// The most bytes alive at once, starting with `alive` bytes. A storage dies after its last use;
  /// inputs die only if they are in `mayDie`.
  std::int64_t peak(std::int64_t alive, const std::set<std::size_t>& mayDie) const {
    std::vector<std::vector<std::size_t>> dying(m_graph.size());
    for (std::size_t s = 0; s < m_graph.size(); ++s)
      if (m_lastUse[s] != kForever && m_bytes[s] > 0 && (!m_isInput[s] || mayDie.contains(s)))
        dying[std::max(m_lastUse[s], s)].push_back(s);
    std::int64_t most = alive;
    for (const Node& node : m_graph.nodes()) {
      const auto storage = storageOf(node.id);
      const bool allocates = node.isCall() && storage == std::optional<std::size_t>(node.id.index);
      if (allocates) alive += m_bytes[node.id.index];
      most = std::max(most, alive);
      for (std::size_t dead : dying[node.id.index]) alive -= m_bytes[dead];
    }
    return most;
  }

 private:
  const Graph& m_graph;
  std::vector<int> m_storage;
  std::vector<std::int64_t> m_bytes;   ///< by storage number
  std::vector<std::size_t> m_lastUse;  ///< by storage number
  std::vector<bool> m_isInput;         ///< by storage number
};

}  // namespace

PeakMemory simulatePeakMemory(const Graph& forward, const Graph& backward, std::size_t numSaved) {
  PeakMemory memory;
  const Lifetimes first(forward);
  memory.forward = first.peak(0, {});

  // Storages that the forward made and returns: outputs, and saved values.
  std::set<std::size_t> kept;
  std::map<std::string, std::size_t> savedStorage;
  const std::size_t numOutputs = forward.outputs().size() - numSaved;
  std::set<std::size_t> returnedToUser;
  for (std::size_t i = 0; i < forward.outputs().size(); ++i) {
    const ir::Argument& output = forward.outputs()[i];
    if (!output.isNode()) continue;
    const auto storage = first.storageOf(output.node());
    if (!storage || first.isInput(*storage)) continue;
    kept.insert(*storage);
    if (i < numOutputs)
      returnedToUser.insert(*storage);
    else
      savedStorage.emplace(forward.node(output.node()).name, *storage);
  }
  for (std::size_t storage : kept) memory.between += first.bytes(storage);

  const Lifetimes second(backward);
  std::set<std::size_t> mayDie;
  for (NodeId id : backward.placeholders()) {
    const auto saved = savedStorage.find(backward.node(id).name);
    if (saved != savedStorage.end() && !returnedToUser.contains(saved->second))
      mayDie.insert(id.index);
  }
  memory.backward = second.peak(memory.between, mayDie);
  return memory;
}

}  // namespace core::partition
