#include "core/ir/graph.h"

#include <algorithm>
#include <array>

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

std::optional<NodeId> Graph::find(std::string_view name) const {
  const auto found = m_byName.find(name);
  if (found == m_byName.end()) return std::nullopt;
  return found->second;
}

std::string_view opPacket(std::string_view target) {
  const auto first = target.find('.');
  if (first == std::string_view::npos) return target;
  const auto second = target.find('.', first + 1);
  return second == std::string_view::npos ? target : target.substr(0, second);
}

}  // namespace core::ir
