#pragma once

// The nodes of the graph IR, FX-like. A node makes at most one value; operators with several
// results make a tuple and are followed by `getitem` nodes.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/shared_text.h"
#include "core/ir/ids.h"
#include "core/ir/value_meta.h"

namespace core::ir {

/// One argument of a call, as PyTorch's graph dumps write it.
struct Argument {
  using List = std::vector<Argument>;
  /// monostate is None. `NodeId` refers to an earlier node of the same graph.
  std::variant<std::monostate, NodeId, bool, std::int64_t, double, std::string, DType, Device,
               Layout, MemoryFormat, List>
      value;

  Argument() = default;
  template <typename T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, Argument>) Argument(T&& v)
      : value(std::forward<T>(v)) {}  // NOLINT(implicit)

  bool operator==(const Argument&) const = default;

  bool isNone() const { return std::holds_alternative<std::monostate>(value); }
  bool isNode() const { return std::holds_alternative<NodeId>(value); }
  bool isList() const { return std::holds_alternative<List>(value); }
  NodeId node() const { return std::get<NodeId>(value); }
  const List& list() const { return std::get<List>(value); }
  /// The number as a double; bool counts as 0 or 1. Empty for anything that is not a number.
  std::optional<double> number() const;
  /// The integer; empty for anything else (a bool is not an integer).
  std::optional<std::int64_t> integer() const;
};

/// Calls `visit(NodeId)` for every node in `argument`, lists included, in order.
template <typename Visit>
void forEachNode(const Argument& argument, Visit&& visit) {
  if (const auto* id = std::get_if<NodeId>(&argument.value)) {
    visit(*id);
  } else if (const auto* list = std::get_if<Argument::List>(&argument.value)) {
    for (const Argument& element : *list) forEachNode(element, visit);
  }
}

/// The argument with every node replaced by `map(NodeId) -> NodeId`.
template <typename Map>
Argument mapNodes(const Argument& argument, Map&& map) {
  if (argument.isNode()) return Argument(map(argument.node()));
  if (!argument.isList()) return argument;
  Argument::List mapped;
  mapped.reserve(argument.list().size());
  for (const Argument& element : argument.list()) mapped.push_back(mapNodes(element, map));
  return Argument(std::move(mapped));
}

enum class NodeKind { Placeholder, Call, Attribute, Output };

enum class PartitionerTag { None, IsForward, IsBackward, MustBeInForward, MustBeInBackward };

/// "is_forward" ...; empty for None.
std::string_view partitionerTagName(PartitionerTag tag);
std::optional<PartitionerTag> partitionerTagFromName(std::string_view name);

/// A module of the model: its path ("layer1.0.conv1", "" for the root) and its class
/// ("torch.nn.modules.conv.Conv2d").
struct ModuleScope {
  std::string path;
  std::string className;
  bool operator==(const ModuleScope&) const = default;
};

/// A line of the model's source, innermost frame, as the exported program recorded it.
struct SourceLocation {
  std::string file;
  int line = 0;
  std::string function;
  std::string code;
  bool operator==(const SourceLocation&) const = default;
};

enum class RecomputeTag { None, MustSave, PreferSave, MustRecompute, PreferRecompute };

/// Everything about a node that is not dataflow. Scopes and locations are shared between nodes.
struct NodeMeta {
  PartitionerTag tag = PartitionerTag::None;
  std::optional<std::int64_t> sequenceNumber;        ///< autograd's, the smallest of the graph is 0
  bool gradientAccumulation = false;                 ///< an add of several gradients of one value
  std::shared_ptr<const ModuleScope> module;         ///< innermost module of a forward node
  std::shared_ptr<const ModuleScope> forwardModule;  ///< of the forward node with this number
  std::shared_ptr<const SourceLocation> source;
  SharedText originalOp;  ///< operator before decomposition; empty if it is the target
  /// The call of the exported program that this node is a part of ("aten.linear.default"); in the
  /// backward, that of the forward node with this number. Empty if none is known.
  SharedText exportedOp;
  SharedText descriptor;  ///< what a placeholder stands for ("ParamAOTInput(target='fc1.bias')")
  RecomputeTag recompute = RecomputeTag::None;

  /// The module of either phase; null if neither is known.
  const ModuleScope* anyModule() const { return module ? module.get() : forwardModule.get(); }
};

struct Node {
  NodeId id;
  NodeKind kind = NodeKind::Call;
  std::string name;   ///< unique in its graph; kept when a node is copied to another graph
  SharedText target;  ///< "aten.mul.Tensor", "getitem", "_operator.mul"; the name for others
  std::vector<Argument> args;
  std::vector<std::pair<std::string, Argument>> kwargs;
  NodeValue value;
  NodeMeta meta;

  bool isCall() const { return kind == NodeKind::Call; }
  bool isCallTo(std::string_view name_) const { return isCall() && target == name_; }
  const TensorMeta* tensor() const { return value.as<TensorMeta>(); }
  const TupleMeta* tuple() const { return value.as<TupleMeta>(); }
  const SymMeta* sym() const { return value.as<SymMeta>(); }
  /// Bytes of the value: a tensor's numel x item size, a tuple's sum, 1 for a symbolic scalar.
  std::int64_t bytes() const;
};

/// Calls `visit(NodeId)` for every input of `node`, each as often as it is written.
template <typename Visit>
void forEachInput(const Node& node, Visit&& visit) {
  for (const Argument& argument : node.args) forEachNode(argument, visit);
  for (const auto& [name, argument] : node.kwargs) forEachNode(argument, visit);
}

/// "aten.mul" of "aten.mul.Tensor"; the target itself if it has no overload part.
std::string_view opPacket(std::string_view target);

}  // namespace core::ir
