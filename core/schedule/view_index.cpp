#include "core/schedule/view_index.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/schedule/view_ops.h"

namespace core::schedule {
namespace {

using Sizes = std::vector<std::int64_t>;

const ir::TensorMeta& viewedMeta(const ir::Graph& graph, const ir::Node& node) {
  return *graph.node(viewedNode(graph, node)).tensor();
}

/// A run of dimensions of both shapes with the same number of elements.
struct Run {
  std::size_t fromBegin, fromEnd;  ///< of the view
  std::size_t toBegin, toEnd;      ///< of the viewed tensor
};

/// Cuts two shapes with equally many elements (at least one) into the shortest runs.
std::vector<Run> matchingRuns(const Sizes& from, const Sizes& to) {
  std::vector<Run> runs;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < from.size() || j < to.size()) {
    Run run{i, i, j, j};
    std::int64_t left = 1;
    std::int64_t right = 1;
    do {
      if (left <= right && i < from.size())
        left *= from[i++];
      else if (j < to.size())
        right *= to[j++];
      else
        left *= from[i++];
    } while (left != right);
    run.fromEnd = i;
    run.toEnd = j;
    runs.push_back(run);
  }
  return runs;
}

/// Row-major position within a run, as one index. Empty for a gathered position in a longer run.
std::optional<DimIndex> flattened(const LoopIndex& index, const Sizes& sizes, const Run& run) {
  DimIndex flat;
  std::int64_t stride = 1;
  std::vector<DimIndex> scaled;
  for (std::size_t d = run.fromEnd; d-- > run.fromBegin;) {
    if (sizes[d] == 1) continue;
    if (index[d].isIndirect()) {
      const bool isAlone = std::all_of(sizes.begin() + static_cast<std::ptrdiff_t>(run.fromBegin),
                                       sizes.begin() + static_cast<std::ptrdiff_t>(d),
                                       [](std::int64_t size) { return size == 1; });
      if (stride != 1 || !isAlone) return std::nullopt;
      return index[d];
    }
    DimIndex dim = index[d];
    dim.offset *= stride;
    for (AxisTerm& term : dim.terms) term.stride *= stride;
    scaled.push_back(std::move(dim));
    stride *= sizes[d];
  }
  for (std::size_t i = scaled.size(); i-- > 0;) {
    flat.offset += scaled[i].offset;
    flat.terms.insert(flat.terms.end(), scaled[i].terms.begin(), scaled[i].terms.end());
  }
  return flat;
}

/// Spreads the whole of a run over several dimensions of the viewed tensor.
bool spread(const DimIndex& flat, const Sizes& to, const Run& run, AxisSpace& space,
            LoopIndex& result) {
  std::int64_t count = 1;
  for (std::size_t d = run.toBegin; d < run.toEnd; ++d) count *= to[d];
  auto axes = space.axesOfWholeDim(flat, count);
  if (!axes) return false;
  for (std::size_t d = run.toEnd; d-- > run.toBegin;) {
    const auto position = space.cut(*axes, to[d]);
    if (!position) return false;
    const auto begin = axes->begin() + static_cast<std::ptrdiff_t>(*position);
    result[d] = dimOver(space, {begin, axes->end()});
    axes->erase(begin, axes->end());
  }
  return true;
}

std::optional<LoopIndex> belowReshape(const Sizes& from, const Sizes& to, const LoopIndex& index,
                                      AxisSpace& space) {
  const auto count = [](const Sizes& sizes) {
    return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
  };
  if (count(from) != count(to) || count(from) == 0) return std::nullopt;
  LoopIndex result(to.size());
  for (const Run& run : matchingRuns(from, to)) {
    const auto flat = flattened(index, from, run);
    if (!flat) return std::nullopt;
    std::vector<std::size_t> wide;
    for (std::size_t d = run.toBegin; d < run.toEnd; ++d)
      if (to[d] != 1) wide.push_back(d);
    if (wide.size() == 1)
      result[wide[0]] = *flat;
    else if (!wide.empty() && (flat->isIndirect() || !spread(*flat, to, run, space, result)))
      return std::nullopt;
  }
  return result;
}

/// start + step * position along `dim`; a gathered position cannot be moved.
std::optional<LoopIndex> moved(LoopIndex index, std::size_t dim, std::int64_t start,
                               std::int64_t step) {
  if (start == 0 && step == 1) return index;
  if (index[dim].isIndirect()) return std::nullopt;
  index[dim].offset = index[dim].offset * step + start;
  for (AxisTerm& term : index[dim].terms) term.stride *= step;
  return index;
}

std::int64_t clampedStart(std::int64_t start, std::int64_t size) {
  return std::clamp<std::int64_t>(start < 0 ? start + size : start, 0, size);
}

std::optional<LoopIndex> belowSlice(const ir::Graph& graph, const ir::Node& node,
                                    const LoopIndex& index) {
  const ir::TensorMeta& base = viewedMeta(graph, node);
  const int dim = normalizedDim(integerArgument(graph, node, 1, "dim", 0), base.rank());
  const auto d = static_cast<std::size_t>(dim);
  const std::int64_t start =
      clampedStart(integerArgument(graph, node, 2, "start", 0), base.sizes[d].hint());
  return moved(index, d, start, integerArgument(graph, node, 4, "step", 1));
}

std::optional<LoopIndex> belowSelect(const ir::Graph& graph, const ir::Node& node,
                                     LoopIndex index) {
  const ir::TensorMeta& base = viewedMeta(graph, node);
  const int dim = normalizedDim(integerArgument(graph, node, 1, "dim", 0), base.rank());
  DimIndex fixed;
  fixed.offset = clampedStart(integerArgument(graph, node, 2, "index", 0),
                              base.sizes[static_cast<std::size_t>(dim)].hint());
  index.insert(index.begin() + dim, fixed);
  return index;
}

std::optional<LoopIndex> belowPiece(const ir::Graph& graph, const ir::Node& getitem,
                                    LoopIndex index) {
  const ir::Node& multi = graph.node(getitem.args[0].node());
  const std::int64_t piece = *getitem.args[1].integer();
  const int rank = viewedMeta(graph, getitem).rank();
  if (viewKind(multi.target) == ViewKind::Unbind) {
    DimIndex fixed;
    fixed.offset = piece;
    index.insert(index.begin() + normalizedDim(integerArgument(graph, multi, 1, "dim", 0), rank),
                 fixed);
    return index;
  }
  const int dim = normalizedDim(integerArgument(graph, multi, 2, "dim", 0), rank);
  const Sizes sizes = integersArgument(graph, multi, 1, "split_size");
  std::int64_t start = sizes[0] * piece;
  if (multi.args[1].isList())
    start = std::accumulate(sizes.begin(), sizes.begin() + piece, std::int64_t{0});
  return moved(std::move(index), static_cast<std::size_t>(dim), start, 1);
}

}  // namespace

std::vector<int> permutationOf(const ir::Graph& graph, const ir::Node& node) {
  const int rank = viewedMeta(graph, node).rank();
  std::vector<int> order(static_cast<std::size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  if (node.target == "aten.permute.default") {
    const Sizes dims = integersArgument(graph, node, 1, "dims");
    for (std::size_t i = 0; i < dims.size(); ++i) order[i] = normalizedDim(dims[i], rank);
    return order;
  }
  if (rank < 2) return order;
  const bool isT = node.target == "aten.t.default";
  const int a = isT ? 0 : normalizedDim(integerArgument(graph, node, 1, "dim0", 0), rank);
  const int b = isT ? 1 : normalizedDim(integerArgument(graph, node, 2, "dim1", 1), rank);
  std::swap(order[static_cast<std::size_t>(a)], order[static_cast<std::size_t>(b)]);
  return order;
}

LoopIndex broadcastIndex(const Sizes& operand, const Sizes& shape, const LoopIndex& index) {
  LoopIndex result(operand.size());
  const std::size_t missing = shape.size() - operand.size();
  for (std::size_t d = 0; d < operand.size(); ++d)
    if (operand[d] != 1) result[d] = index[d + missing];
  return result;
}

std::optional<LoopIndex> indexBelowView(const ir::Graph& graph, const ir::Node& node,
                                        const LoopIndex& index, AxisSpace& space) {
  const Sizes from = node.tensor()->sizeHints();
  const Sizes to = viewedMeta(graph, node).sizeHints();
  switch (viewKind(graph, node)) {
    case ViewKind::None:
    case ViewKind::Strided:
    case ViewKind::Windowed: return std::nullopt;
    case ViewKind::Same: return index;
    case ViewKind::Permute: {
      const std::vector<int> order = permutationOf(graph, node);
      LoopIndex result(index.size());
      for (std::size_t i = 0; i < order.size(); ++i)
        result[static_cast<std::size_t>(order[i])] = index[i];
      return result;
    }
    case ViewKind::Reshape: return belowReshape(from, to, index, space);
    case ViewKind::Expand: return broadcastIndex(to, from, index);
    case ViewKind::Slice: return belowSlice(graph, node, index);
    case ViewKind::Select: return belowSelect(graph, node, index);
    case ViewKind::Split:
    case ViewKind::Unbind: return belowPiece(graph, node, index);
  }
  return std::nullopt;
}

}  // namespace core::schedule
