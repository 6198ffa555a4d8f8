// Adding to a tensor at the positions that index tensors give, as the gradients of upsampling do.
// On the CPU ATen's index_put walks the elements one by one on one thread. If the indices cover all
// trailing dimensions, one number says where a value goes, and every plane of the leading
// dimensions is a sum of its own: scatter_add along the flat positions, planes side by side.

#include <algorithm>
#include <array>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

using ir::DType;

/// The node of every index, by dimension; empty if a leading one is given or a trailing one is not.
std::vector<ir::NodeId> trailingIndices(const ir::Node& node, std::size_t rank) {
  std::vector<ir::NodeId> indices;
  if (node.args.size() < 2 || !node.args[1].isList() || node.args[1].list().size() != rank)
    return {};
  for (const ir::Argument& index : node.args[1].list()) {
    if (index.isNode()) indices.push_back(index.node());
    if (index.isNone() && !indices.empty()) return {};
  }
  return indices;
}

bool addsAtTrailingIndices(const ir::Graph& graph, const ir::Node& node) {
  if (!isFloatTensor(graph, node) || node.args.size() < 4 || !node.args[2].isNode()) return false;
  const ir::TensorMeta& self = *firstTensor(graph, node);
  const ir::TensorMeta* values = graph.node(node.args[2].node()).tensor();
  const auto* accumulates = std::get_if<bool>(&node.args[3].value);
  const std::vector<ir::NodeId> indices = trailingIndices(node, self.sizes.size());
  if (!values || values->numel() == 0 || !accumulates || !*accumulates || indices.empty())
    return false;
  if (self.device.type != ir::DeviceType::Cpu || ir::dtypeBytes(self.dtype) < 4) return false;
  std::size_t indexedRank = 0;
  for (const ir::NodeId index : indices) {
    const ir::TensorMeta* meta = graph.node(index).tensor();
    if (!meta || meta->dtype != DType::I64) return false;
    indexedRank = std::max(indexedRank, meta->sizes.size());
  }
  // Values that are broadcast have no flat form.
  const std::size_t leading = self.sizes.size() - indices.size();
  return values->dtype == self.dtype && values->sizes.size() == leading + indexedRank;
}

std::int64_t product(const std::vector<std::int64_t>& sizes, std::size_t from, std::size_t to) {
  std::int64_t result = 1;
  for (std::size_t i = from; i < to; ++i) result *= sizes[i];
  return result;
}

/// Where each value goes within a plane. Negative indices count from the end.
Tensor flatPosition(Replacement& r, const std::vector<ir::NodeId>& indices,
                    const std::vector<std::int64_t>& sizes) {
  std::optional<Tensor> flat;
  GraphRewriter& rewriter = r.rewriter();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const std::int64_t size = sizes[sizes.size() - indices.size() + i];
    const Tensor index = rewriter.mapped(indices[i]);
    const Tensor fromEnd = rewriter.pointwise("aten.add.Tensor", {index.id, size});
    const Tensor position = where(compare("lt", index, std::int64_t{0}), fromEnd, index);
    if (flat) {
      const Tensor row = rewriter.pointwise("aten.mul.Tensor", {flat->id, size});
      flat = rewriter.pointwise("aten.add.Tensor", {row.id, position.id});
    } else {
      flat = position;
    }
  }
  return *flat;
}

void replaceIndexPut(Replacement& r) {
  const Tensor self = r.rawTensor(0), values = r.rawTensor(2);
  const std::vector<std::int64_t> sizes = self.meta().sizeHints();
  const std::vector<std::int64_t> given = values.meta().sizeHints();
  const std::vector<ir::NodeId> indices = trailingIndices(r.node(), sizes.size());
  const std::size_t leading = sizes.size() - indices.size();
  const std::int64_t planes = product(sizes, 0, leading);
  const std::int64_t count = product(given, leading, given.size());
  const Tensor positions = reshape(flatPosition(r, indices, sizes), {1, count});
  ir::TensorMeta spread = ir::contiguousMeta(DType::I64, {planes, count}, self.meta().device);
  spread.strides = {std::int64_t{0}, std::int64_t{1}};
  const Tensor everywhere = r.rewriter().call(
      "aten.expand.default", {positions.id, ir::Argument::List{planes, count}}, std::move(spread));
  const std::vector<std::int64_t> flat{planes, product(sizes, leading, sizes.size())};
  const Tensor sums = r.rewriter().call(
      "aten.scatter_add.default",
      {reshape(self, flat).id, std::int64_t{1}, everywhere.id, reshape(values, {planes, count}).id},
      ir::contiguousMeta(self.dtype(), flat, self.meta().device));
  r.result(reshape(sums, sizes));
}

constexpr std::array kRows{
    Decomposition{"aten._unsafe_index_put.default", addsAtTrailingIndices, replaceIndexPut},
    Decomposition{"aten.index_put.default", addsAtTrailingIndices, replaceIndexPut},
};

}  // namespace

std::span<const Decomposition> scatteredSumDecompositions() {
  return kRows;
}

}  // namespace core::passes
