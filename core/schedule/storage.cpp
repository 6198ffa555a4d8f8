#include "core/schedule/storage.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/schedule/view_ops.h"

namespace core::schedule {
namespace {

/// First position of piece `piece` along the dimension that a split cuts.
std::int64_t pieceStart(const ir::Graph& graph, const ir::Node& split, std::int64_t piece) {
  const auto sizes = integersArgument(graph, split, 1, "split_size");
  if (!split.args[1].isList()) return sizes[0] * piece;
  std::int64_t start = 0;
  for (std::int64_t i = 0; i < piece; ++i) start += sizes[static_cast<std::size_t>(i)];
  return start;
}

/// Elements that a multi-view's getitem adds to the offset of its base.
std::int64_t pieceOffset(const ir::Graph& graph, const ir::Node& getitem, const BufferView& base) {
  const ir::Node& multi = graph.node(getitem.args[0].node());
  const std::int64_t piece = *getitem.args[1].integer();
  const bool isUnbind = viewKind(multi.target) == ViewKind::Unbind;
  const std::int64_t dimArgument = integerArgument(graph, multi, isUnbind ? 1 : 2, "dim", 0);
  const int dim = normalizedDim(dimArgument, base.meta.rank());
  const std::int64_t start = isUnbind ? piece : pieceStart(graph, multi, piece);
  return start * base.meta.strides[static_cast<std::size_t>(dim)].hint();
}

/// Elements that a slice or select adds: its (clamped) start times the stride.
std::int64_t startOffset(const ir::Graph& graph, const ir::Node& node, const BufferView& base) {
  const auto dim = static_cast<std::size_t>(
      normalizedDim(integerArgument(graph, node, 1, "dim", 0), base.meta.rank()));
  const std::int64_t size = base.meta.sizes[dim].hint();
  std::int64_t start = integerArgument(graph, node, 2, "start", 0);
  if (start < 0) start += size;
  return std::clamp<std::int64_t>(start, 0, size) * base.meta.strides[dim].hint();
}

std::int64_t diagonalOffset(const ir::Graph& graph, const ir::Node& node, const BufferView& base) {
  const std::int64_t diagonal = integerArgument(graph, node, 1, "offset", 0);
  const int row = normalizedDim(integerArgument(graph, node, 2, "dim1", 0), base.meta.rank());
  const int column = normalizedDim(integerArgument(graph, node, 3, "dim2", 1), base.meta.rank());
  const auto dim = static_cast<std::size_t>(diagonal >= 0 ? column : row);
  return std::abs(diagonal) * base.meta.strides[dim].hint();
}

}  // namespace

std::int64_t extentOf(const ir::TensorMeta& meta) {
  std::int64_t last = 0;
  for (std::size_t i = 0; i < meta.sizes.size(); ++i) {
    if (meta.sizes[i].hint() == 0) return 0;
    last += (meta.sizes[i].hint() - 1) * meta.strides[i].hint();
  }
  return last + 1;
}

bool isNonOverlapping(const ir::TensorMeta& meta) {
  std::vector<std::pair<std::int64_t, std::int64_t>> dims;  // stride, size
  for (std::size_t i = 0; i < meta.sizes.size(); ++i)
    if (meta.sizes[i].hint() != 1) dims.emplace_back(meta.strides[i].hint(), meta.sizes[i].hint());
  std::sort(dims.begin(), dims.end());
  std::int64_t reach = 1;
  for (const auto& [stride, size] : dims) {
    if (stride < reach) return false;
    reach = stride * size;
  }
  return true;
}

BufferView placeOfView(const ir::Graph& graph, const ir::Node& node, const BufferView& base) {
  CORE_CHECK(node.tensor(), "the view '" + node.name + "' has no sizes");
  BufferView place{base.buffer, *node.tensor(), base.offset};
  switch (viewKind(graph, node)) {
    case ViewKind::None: CORE_CHECK(false, "'" + node.name + "' is not a view"); break;
    case ViewKind::Same:
    case ViewKind::Permute:
    case ViewKind::Reshape:
    case ViewKind::Expand: break;
    case ViewKind::Slice:
    case ViewKind::Select: place.offset += startOffset(graph, node, base); break;
    case ViewKind::Split:
    case ViewKind::Unbind: place.offset += pieceOffset(graph, node, base); break;
    case ViewKind::Strided:
      // The operator's offset counts from the start of the storage.
      place.offset = integerArgument(graph, node, 3, "storage_offset", base.offset);
      break;
    case ViewKind::Windowed:
      if (node.target == "aten.diagonal.default") place.offset += diagonalOffset(graph, node, base);
      break;
  }
  return place;
}

BufferView addBuffer(Schedule& schedule, const std::string& name, const ir::TensorMeta& meta,
                     BufferKind kind) {
  Buffer buffer;
  buffer.name = name;
  buffer.dtype = meta.dtype;
  buffer.kind = kind;
  buffer.bytes = extentOf(meta) * ir::dtypeBytes(meta.dtype);
  schedule.buffers.push_back(std::move(buffer));
  return {static_cast<int>(schedule.buffers.size()) - 1, meta, 0};
}

void addInputs(Schedule& schedule) {
  const ir::Graph& graph = *schedule.graph;
  for (std::size_t i = 0; i < graph.placeholders().size(); ++i) {
    const ir::Node& node = graph.node(graph.placeholders()[i]);
    if (!node.tensor()) continue;
    const BufferView place = addBuffer(schedule, node.name, *node.tensor(), BufferKind::GraphInput);
    schedule.buffers.back().input = static_cast<int>(i);
    schedule.places[node.id.index] = place;
  }
}

void markOutputs(Schedule& schedule) {
  for (const ir::Argument& output : schedule.graph->outputs()) {
    if (!output.isNode()) continue;
    const auto& place = schedule.places[output.node().index];
    if (!place) continue;
    Buffer& buffer = schedule.buffers[static_cast<std::size_t>(place->buffer)];
    if (buffer.kind != BufferKind::GraphInput) buffer.kind = BufferKind::GraphOutput;
  }
}

}  // namespace core::schedule
