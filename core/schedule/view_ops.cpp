#include "core/schedule/view_ops.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/check.h"

namespace core::schedule {
namespace {

struct ViewRow {
  std::string_view target;
  ViewKind kind;
};

constexpr std::array kViews{
    ViewRow{"aten.alias.default", ViewKind::Same},
    ViewRow{"aten.detach.default", ViewKind::Same},
    ViewRow{"aten.view_as.default", ViewKind::Reshape},
    ViewRow{"aten.permute.default", ViewKind::Permute},
    ViewRow{"aten.t.default", ViewKind::Permute},
    ViewRow{"aten.transpose.int", ViewKind::Permute},
    ViewRow{"aten.view.default", ViewKind::Reshape},
    ViewRow{"aten._unsafe_view.default", ViewKind::Reshape},
    ViewRow{"aten._reshape_alias.default", ViewKind::Reshape},
    ViewRow{"aten.squeeze.default", ViewKind::Reshape},
    ViewRow{"aten.squeeze.dim", ViewKind::Reshape},
    ViewRow{"aten.squeeze.dims", ViewKind::Reshape},
    ViewRow{"aten.unsqueeze.default", ViewKind::Reshape},
    ViewRow{"aten.expand.default", ViewKind::Expand},
    ViewRow{"aten.slice.Tensor", ViewKind::Slice},
    ViewRow{"aten.select.int", ViewKind::Select},
    ViewRow{"aten.split.Tensor", ViewKind::Split},
    ViewRow{"aten.split_with_sizes.default", ViewKind::Split},
    ViewRow{"aten.unsafe_split.Tensor", ViewKind::Split},
    ViewRow{"aten.unsafe_split_with_sizes.default", ViewKind::Split},
    ViewRow{"aten.unbind.int", ViewKind::Unbind},
    ViewRow{"aten.as_strided.default", ViewKind::Strided},
    ViewRow{"aten.unfold.default", ViewKind::Windowed},
    ViewRow{"aten.diagonal.default", ViewKind::Windowed},
};

std::int64_t integerOf(const ir::Graph& graph, const ir::Argument& argument) {
  if (argument.isNode()) {
    const ir::SymMeta* sym = graph.node(argument.node()).sym();
    CORE_CHECK(sym, "an integer argument is a node without a symbolic value");
    return sym->size.hint();
  }
  const auto integer = argument.integer();
  CORE_CHECK(integer.has_value(), "an argument is not an integer");
  return *integer;
}

}  // namespace

ViewKind viewKind(std::string_view target) {
  for (const ViewRow& row : kViews)
    if (row.target == target) return row.kind;
  return ViewKind::None;
}

bool isMultiView(const ir::Node& node) {
  if (!node.isCall()) return false;
  const ViewKind kind = viewKind(node.target);
  return kind == ViewKind::Split || kind == ViewKind::Unbind;
}

ViewKind viewKind(const ir::Graph& graph, const ir::Node& node) {
  if (!node.isCall() || isMultiView(node)) return ViewKind::None;
  if (node.target != "getitem") return viewKind(node.target);
  const ir::Node& base = graph.node(node.args[0].node());
  return isMultiView(base) ? viewKind(base.target) : ViewKind::None;
}

ir::NodeId viewedNode(const ir::Graph& graph, const ir::Node& node) {
  const ir::NodeId first = node.args[0].node();
  return node.target == "getitem" ? graph.node(first).args[0].node() : first;
}

int normalizedDim(std::int64_t dim, int rank) {
  const std::int64_t counted = dim < 0 ? dim + rank : dim;
  CORE_CHECK(counted >= 0 && counted < std::max(rank, 1), "a dimension is out of range");
  return static_cast<int>(counted);
}

const ir::Argument* argumentOf(const ir::Node& node, std::size_t index, std::string_view name) {
  if (index < node.args.size()) return &node.args[index];
  for (const auto& [key, argument] : node.kwargs)
    if (key == name) return &argument;
  return nullptr;
}

std::int64_t integerArgument(const ir::Graph& graph, const ir::Node& node, std::size_t index,
                             std::string_view name, std::int64_t fallback) {
  const ir::Argument* argument = argumentOf(node, index, name);
  return !argument || argument->isNone() ? fallback : integerOf(graph, *argument);
}

std::vector<std::int64_t> integersArgument(const ir::Graph& graph, const ir::Node& node,
                                           std::size_t index, std::string_view name) {
  const ir::Argument* argument = argumentOf(node, index, name);
  std::vector<std::int64_t> integers;
  if (!argument || argument->isNone()) return integers;
  if (!argument->isList()) return {integerOf(graph, *argument)};
  for (const ir::Argument& element : argument->list())
    integers.push_back(integerOf(graph, element));
  return integers;
}

}  // namespace core::schedule
