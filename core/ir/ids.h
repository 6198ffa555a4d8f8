#pragma once

// Dense ids: positions in a graph's node array, as a distinct type.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace core::ir {

/// Position of a node in its graph's `nodes()`. A node makes at most one value (a tensor, a tuple
/// or a symbolic scalar), so the id names the value too.
struct NodeId {
  std::uint32_t index = 0;

  auto operator<=>(const NodeId&) const = default;
};

}  // namespace core::ir

template <>
struct std::hash<core::ir::NodeId> {
  std::size_t operator()(core::ir::NodeId id) const noexcept { return id.index; }
};
