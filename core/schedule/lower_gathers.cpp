// Reads at positions that are values themselves.

#include <algorithm>
#include <array>

#include "core/schedule/lowerings.h"
#include "core/schedule/view_index.h"
#include "core/schedule/view_ops.h"

namespace core::schedule {
namespace {

using ir::DType;

DimIndex gathered(Expr position) {
  DimIndex index;
  index.indirect = position.cast(DType::I64).op;
  return index;
}

Expr embedding(OpEmitter& e) {
  LoopIndex rows(e.out().begin(), e.out().end() - 1);
  const Expr row = e.readAt(e.argumentNode(1), rows);
  return e.readAt(e.argumentNode(0), {gathered(row), e.out().back()}).cast(e.type());
}

Expr indexSelect(OpEmitter& e) {
  const auto dim = static_cast<std::size_t>(
      normalizedDim(integerArgument(e.graph(), e.node(), 1, "dim", 0), e.meta(0)->rank()));
  if (e.meta(0)->rank() == 0) return e.refuse("index_select of a scalar");
  LoopIndex at = e.out();
  LoopIndex position(static_cast<std::size_t>(e.meta(2)->rank()));
  if (!position.empty()) position[0] = at[dim];
  at[dim] = gathered(e.readAt(e.argumentNode(2), position));
  return e.readAt(e.argumentNode(0), at).cast(e.type());
}

Expr gather(OpEmitter& e) {
  if (e.meta(0)->rank() == 0) return e.refuse("gather of a scalar");
  const auto dim = static_cast<std::size_t>(
      normalizedDim(integerArgument(e.graph(), e.node(), 1, "dim", 0), e.meta(0)->rank()));
  LoopIndex at = e.out();
  at[dim] = gathered(e.readAt(e.argumentNode(2), e.out()));
  return e.readAt(e.argumentNode(0), at).cast(e.type());
}

/// The index tensors of `index`, with the dimensions that they index.
struct IndexList {
  std::vector<std::size_t> dims;
  std::vector<ir::NodeId> tensors;
  std::vector<std::int64_t> shape;  ///< all broadcast together
  std::size_t start = 0;            ///< where `shape` stands in the result
};

void broadcastInto(std::vector<std::int64_t>& shape, std::vector<std::int64_t> other) {
  if (other.size() > shape.size()) std::swap(shape, other);
  const std::size_t missing = shape.size() - other.size();
  for (std::size_t d = 0; d < other.size(); ++d)
    if (shape[d + missing] == 1) shape[d + missing] = other[d];
}

IndexList indexList(const OpEmitter& e) {
  IndexList list;
  const ir::Argument::List& arguments = e.node().args[1].list();
  for (std::size_t d = 0; d < arguments.size(); ++d) {
    if (!arguments[d].isNode()) continue;
    list.dims.push_back(d);
    list.tensors.push_back(arguments[d].node());
    broadcastInto(list.shape, e.graph().node(arguments[d].node()).tensor()->sizeHints());
  }
  const bool isAdjacent =
      !list.dims.empty() && list.dims.back() - list.dims.front() + 1 == list.dims.size();
  list.start = isAdjacent ? list.dims.front() : 0;
  return list;
}

bool isInteger(const OpEmitter& e, ir::NodeId tensor) {
  const DType dtype = e.graph().node(tensor).tensor()->dtype;
  return ir::isIntegral(dtype) && dtype != DType::U8;  // u8 is a mask of old
}

/// Advanced indexing with integers: negative positions count from the end.
Expr indexTensor(OpEmitter& e) {
  const IndexList list = indexList(e);
  if (list.dims.empty()) return e.refuse("an index without index tensors");
  for (const ir::NodeId tensor : list.tensors)
    if (!isInteger(e, tensor))
      return e.refuse("an index that is a mask: its shape depends on data");
  const auto start = e.out().begin() + static_cast<std::ptrdiff_t>(list.start);
  const LoopIndex block(start, start + static_cast<std::ptrdiff_t>(list.shape.size()));
  LoopIndex rest(e.out().begin(), start);
  rest.insert(rest.end(), start + static_cast<std::ptrdiff_t>(list.shape.size()), e.out().end());
  LoopIndex at;
  auto next = rest.begin();
  for (std::size_t d = 0; d < static_cast<std::size_t>(e.meta(0)->rank()); ++d) {
    const auto found = std::find(list.dims.begin(), list.dims.end(), d);
    if (found == list.dims.end()) {
      at.push_back(*next++);
      continue;
    }
    const ir::NodeId tensor = list.tensors[static_cast<std::size_t>(found - list.dims.begin())];
    const ir::TensorMeta& meta = *e.graph().node(tensor).tensor();
    const Expr position =
        e.readAt(tensor, broadcastIndex(meta.sizeHints(), list.shape, block)).cast(DType::I64);
    const Expr wrapped = position + static_cast<double>(e.meta(0)->sizes[d].hint());
    at.push_back(gathered(where(position.apply(ScalarFn::Lt, 0), wrapped, position)));
  }
  return e.readAt(e.argumentNode(0), at).cast(e.type());
}

constexpr std::array kGathers{
    Lowering{"aten.embedding.default", embedding},
    Lowering{"aten.index_select.default", indexSelect},
    Lowering{"aten.gather.default", gather},
    Lowering{"aten.index.Tensor", indexTensor},
    Lowering{"aten._unsafe_index.Tensor", indexTensor},
};

}  // namespace

std::span<const Lowering> gatherLowerings() {
  return kGathers;
}

}  // namespace core::schedule
