#pragma once

// The operators that compute nothing: they look at the elements of their first argument in another
// way. No view survives into the loop IR.

#include <string_view>

#include "core/ir/graph.h"

namespace core::schedule {

enum class ViewKind {
  None,
  Same,      ///< alias, detach: the same index
  Permute,   ///< permute, transpose, t ...
  Reshape,   ///< view, squeeze, unsqueeze, flatten ...: the same elements in row-major order
  Expand,    ///< size-1 dimensions repeated
  Slice,     ///< slice, narrow: offset and step along a dimension
  Select,    ///< one position of a dimension, which vanishes
  Split,     ///< several tensors, slices along a dimension
  Unbind,    ///< several tensors, selects along a dimension
  Strided,   ///< as_strided: known by its strides only
  Windowed,  ///< unfold, diagonal: known by their strides and an offset
};

/// What kind of view `target` is.
ViewKind viewKind(std::string_view target);

/// The kind of a node: a getitem of a Split or Unbind counts as such; a getitem of anything else
/// and the multi-tensor node itself are None.
ViewKind viewKind(const ir::Graph& graph, const ir::Node& node);

/// The tensor that a view node looks at (through the tuple for a getitem).
ir::NodeId viewedNode(const ir::Graph& graph, const ir::Node& node);

/// Whether `node` is a view that gives several tensors at once; its getitems are the views.
bool isMultiView(const ir::Node& node);

/// A dimension argument, counted from the front.
int normalizedDim(std::int64_t dim, int rank);

/// Argument `index`, by position or by `name` among the keyword arguments; null if it is not given.
const ir::Argument* argumentOf(const ir::Node& node, std::size_t index, std::string_view name);

/// An integer argument (a symbolic scalar counts with its hint); `fallback` if it is not given.
std::int64_t integerArgument(const ir::Graph& graph, const ir::Node& node, std::size_t index,
                             std::string_view name, std::int64_t fallback);

/// A list of integers (or one); symbolic scalars count with their hints.
std::vector<std::int64_t> integersArgument(const ir::Graph& graph, const ir::Node& node,
                                           std::size_t index, std::string_view name);

}  // namespace core::schedule
