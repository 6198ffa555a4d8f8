// Values that stand in a part of their result: joined tensors, padding, and the gradients of
// slices.
//
// Where the part is one position of a dimension (select, stack) the source does not depend on that
// dimension: it is read at every position, and a comparison keeps it where it belongs. Where the
// part is a range, the source is read at the position within the range, or at 0 outside of it: a
// gather, which costs an instruction an element if vectors lie along the dimension. So ranges of
// the last dimension are left to the library beyond a few thousand elements, where its copies are
// the cheaper way. So are large tensors that are joined.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/schedule/lowerings.h"
#include "core/schedule/view_ops.h"

namespace core::schedule {
namespace {

using ir::DType;

constexpr std::size_t kMostSources = 4;  // each is read at every position
constexpr std::int64_t kManyGathers = 8192;
constexpr std::int64_t kManyJoined = 65536;

std::size_t dimArgument(const OpEmitter& e, std::size_t index, int rank) {
  return static_cast<std::size_t>(
      normalizedDim(integerArgument(e.graph(), e.node(), index, "dim", 0), rank));
}

const ir::TensorMeta& metaOf(const OpEmitter& e, ir::NodeId node) {
  return *e.graph().node(node).tensor();
}

LoopIndex without(LoopIndex index, std::size_t dim) {
  index.erase(index.begin() + static_cast<std::ptrdiff_t>(dim));
  return index;
}

// --- one position

struct Selected {
  Expr isHere;
  Expr value;
};

/// `source` at the place of the result without dimension `dim`, and whether that is at `position`.
Selected selectedAt(OpEmitter& e, ir::NodeId source, std::size_t dim, std::int64_t position) {
  const Expr isHere = e.position(e.out()[dim]).apply(ScalarFn::Eq, static_cast<double>(position));
  return {isHere, e.readAt(source, without(e.out(), dim)).cast(e.type())};
}

/// The position argument `index`, counted from the front.
std::int64_t positionArgument(const OpEmitter& e, std::size_t index, std::size_t dim) {
  const std::int64_t position = integerArgument(e.graph(), e.node(), index, "index", 0);
  return position < 0 ? position + e.node().tensor()->sizes[dim].hint() : position;
}

Expr selectBackward(OpEmitter& e) {
  const std::size_t dim = dimArgument(e, 2, e.node().tensor()->rank());
  const auto [isHere, value] = selectedAt(e, e.argumentNode(0), dim, positionArgument(e, 3, dim));
  return where(isHere, value, e.constant(e.type(), 0));
}

Expr selectScatter(OpEmitter& e) {
  const std::size_t dim = dimArgument(e, 2, e.node().tensor()->rank());
  const auto [isHere, value] = selectedAt(e, e.argumentNode(1), dim, positionArgument(e, 3, dim));
  return where(isHere, value, e.x(0));
}

/// Why tensors are not joined by loops; empty if they are.
std::string reasonAgainstJoining(const OpEmitter& e, std::size_t sources) {
  if (sources > kMostSources) return "joining more than 4 tensors";
  const bool isLarge = e.node().tensor()->numel() >= kManyJoined;
  return isLarge ? "large tensors are joined by copies" : "";
}

Expr stack(OpEmitter& e) {
  const ir::Argument::List& sources = e.node().args[0].list();
  const std::string against = reasonAgainstJoining(e, sources.size());
  if (!against.empty()) return e.refuse(against);
  const std::size_t dim = dimArgument(e, 1, e.node().tensor()->rank());
  Expr result = selectedAt(e, sources.back().node(), dim, 0).value;
  for (std::size_t i = sources.size() - 1; i-- > 0;) {
    const auto [isHere, value] =
        selectedAt(e, sources[i].node(), dim, static_cast<std::int64_t>(i));
    result = where(isHere, value, result);
  }
  return result;
}

// --- a range

/// Where dimension `dim` of a source begins in that of the result.
struct Range {
  std::size_t dim = 0;
  std::int64_t start = 0;
};

/// Whether vectors would gather, more than they gain.
bool gathersMuch(const OpEmitter& e, std::size_t dim) {
  const ir::TensorMeta& result = *e.node().tensor();
  return result.strides[dim].hint() == 1 && result.numel() >= kManyGathers;
}

/// `source` where the position lies in all ranges, `other` elsewhere.
Expr insideOr(OpEmitter& e, ir::NodeId source, const std::vector<Range>& ranges, Expr other) {
  LoopIndex at = e.out();
  std::optional<Expr> isInside;
  for (const Range& range : ranges) {
    const std::int64_t size = metaOf(e, source).sizes[range.dim].hint();
    if (range.start == 0 && size == e.node().tensor()->sizes[range.dim].hint()) continue;
    if (gathersMuch(e, range.dim)) return e.refuse("rows are pieced together by copies");
    const Expr position = e.position(e.out()[range.dim]) + static_cast<double>(-range.start);
    const Expr isHere =
        position.apply(ScalarFn::Ge, 0)
            .apply(ScalarFn::LogicalAnd, position.apply(ScalarFn::Lt, static_cast<double>(size)));
    at[range.dim] = DimIndex{0, {}, where(isHere, position, 0).op};
    isInside = isInside ? isInside->apply(ScalarFn::LogicalAnd, isHere) : isHere;
  }
  const Expr value = e.readAt(source, at).cast(e.type());
  return isInside ? where(*isInside, value, other) : value;
}

/// The range of a slice's arguments (dim, start, end, step from `first` on); empty for a step.
std::optional<Range> sliceRange(const OpEmitter& e, std::size_t first) {
  const ir::TensorMeta& result = *e.node().tensor();
  if (integerArgument(e.graph(), e.node(), first + 3, "step", 1) != 1) return std::nullopt;
  const std::size_t dim = dimArgument(e, first, result.rank());
  const std::int64_t size = result.sizes[dim].hint();
  const ir::Argument* given = argumentOf(e.node(), first + 1, "start");
  std::int64_t start = 0;
  if (given && !given->isNone())
    start = integerArgument(e.graph(), e.node(), first + 1, "start", 0);
  return Range{dim, std::clamp<std::int64_t>(start < 0 ? start + size : start, 0, size)};
}

Expr sliceBackward(OpEmitter& e) {
  const auto range = sliceRange(e, 2);
  if (!range) return e.refuse("a slice with a step");
  if (e.meta(0)->numel() == 0) return e.constant(e.type(), 0);
  return insideOr(e, e.argumentNode(0), {*range}, e.constant(e.type(), 0));
}

Expr sliceScatter(OpEmitter& e) {
  const auto range = sliceRange(e, 2);
  if (!range) return e.refuse("a slice with a step");
  if (e.meta(1)->numel() == 0) return e.x(0);
  return insideOr(e, e.argumentNode(1), {*range}, e.x(0));
}

Expr pad(OpEmitter& e) {
  const auto amounts = integersArgument(e.graph(), e.node(), 1, "pad");
  const Expr filling = e.constant(e.type(), e.number(2, "value", 0));
  if (e.meta(0)->numel() == 0) return filling;
  std::vector<Range> ranges;
  for (std::size_t i = 0; 2 * i < amounts.size(); ++i)
    ranges.push_back({e.out().size() - 1 - i, amounts[2 * i]});
  return insideOr(e, e.argumentNode(0), ranges, filling);
}

Expr cat(OpEmitter& e) {
  const ir::TensorMeta& result = *e.node().tensor();
  const std::size_t dim = dimArgument(e, 1, result.rank());
  std::vector<std::pair<ir::NodeId, Range>> sources;
  std::int64_t end = 0;
  for (const ir::Argument& argument : e.node().args[0].list()) {
    const ir::TensorMeta& meta = metaOf(e, argument.node());
    if (meta.numel() == 0) continue;  // may be of another rank
    sources.push_back({argument.node(), {dim, end}});
    end += meta.sizes[dim].hint();
  }
  const std::string against = reasonAgainstJoining(e, sources.size());
  if (!against.empty()) return e.refuse(against);
  Expr value = e.constant(e.type(), 0);
  for (const auto& [source, range] : sources) value = insideOr(e, source, {range}, value);
  return value;
}

constexpr std::array kPlacements{
    Lowering{"aten.select_backward.default", selectBackward},
    Lowering{"aten.select_scatter.default", selectScatter},
    Lowering{"aten.stack.default", stack},
    Lowering{"aten.slice_backward.default", sliceBackward},
    Lowering{"aten.slice_scatter.default", sliceScatter},
    Lowering{"aten.constant_pad_nd.default", pad},
    Lowering{"aten.cat.default", cat},
};

}  // namespace

std::span<const Lowering> placementLowerings() {
  return kPlacements;
}

}  // namespace core::schedule
