#include "core/ir/graph.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/base/check.h"

namespace core::ir {
namespace {

constexpr std::array<std::string_view, 5> kTagNames{"", "is_forward", "is_backward",
                                                    "must_be_in_forward", "must_be_in_backward"};

}  // namespace

std::optional<double> Argument::number() const {
  if (const auto* b = std::get_if<bool>(&value)) return *b ? 1.0 : 0.0;
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  if (const auto* d = std::get_if<double>(&value)) return *d;
  return std::nullopt;
}

std::optional<std::int64_t> Argument::integer() const {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return *i;
  return std::nullopt;
}

std::string_view partitionerTagName(PartitionerTag tag) {
  return kTagNames[static_cast<std::size_t>(tag)];
}

std::optional<PartitionerTag> partitionerTagFromName(std::string_view name) {
  const auto* found = std::find(kTagNames.begin(), kTagNames.end(), name);
  if (found == kTagNames.end()) return std::nullopt;
  return static_cast<PartitionerTag>(found - kTagNames.begin());
}

std::int64_t Node::bytes() const {
  if (const TensorMeta* own = tensor()) return own->bytes();
  if (const TupleMeta* elements = tuple()) {
    std::int64_t sum = 0;
    for (const auto& element : elements->elements)
      if (element) sum += element->bytes();
    return sum;
  }
  return sym() ? 1 : 0;
}

void Graph::linkUsers() {
  struct Use {
    NodeId input, user;
  };
  std::vector<Use> uses;
  uses.reserve(2 * m_nodes.size());
  std::vector<NodeId> lastUser(m_nodes.size());  // node 0 reads nothing
  m_usersStart.assign(m_nodes.size() + 1, 0);
  for (const Node& node : m_nodes) {
    forEachInput(node, [&](NodeId input) {
      if (lastUser[input.index] == node.id) return;
      lastUser[input.index] = node.id;
      ++m_usersStart[input.index];
      uses.push_back({input, node.id});
    });
  }
  std::uint32_t sum = 0;
  for (std::uint32_t& start : m_usersStart) start = std::exchange(sum, sum + start);
  m_users.resize(uses.size());
  std::vector<std::uint32_t> next = m_usersStart;
  for (const Use& use : uses) m_users[next[use.input.index]++] = use.user;
}

void Graph::listNames() {
  m_names.resize(std::bit_ceil(2 * m_nodes.size() + 2));
  for (const Node& node : m_nodes) {
    const std::size_t hash = std::hash<std::string_view>()(node.name);
    NameSlot& slot = m_names[slotOf(node.name, hash)];
    CORE_CHECK(slot.place == 0, "two nodes are named '" + node.name + "'");
    slot = {static_cast<std::uint32_t>(hash >> 32), node.id.index + 1};
  }
}

std::size_t Graph::slotOf(std::string_view name, std::size_t hash) const {
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t i = hash & (m_names.size() - 1);; i = (i + 1) & (m_names.size() - 1)) {
    const NameSlot& slot = m_names[i];
    if (slot.place == 0 || (slot.tag == tag && m_nodes[slot.place - 1].name == name)) return i;
  }
}

std::optional<NodeId> Graph::find(std::string_view name) const {
  const std::uint32_t place = m_names[slotOf(name, std::hash<std::string_view>()(name))].place;
  if (place == 0) return std::nullopt;
  return NodeId{place - 1};
}

std::string_view opPacket(std::string_view target) {
  const auto first = target.find('.');
  if (first == std::string_view::npos) return target;
  const auto second = target.find('.', first + 1);
  return second == std::string_view::npos ? target : target.substr(0, second);
}

}  // namespace core::ir
