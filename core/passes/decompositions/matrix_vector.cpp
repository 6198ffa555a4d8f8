// A product of one row with a matrix moves the matrix and computes next to nothing. On a GPU a
// generated kernel reads it as fast as memory gives it, where the library's tiles are made for many
// rows, and takes what comes behind the product, a bias, an activation, another product of the same
// row, along.

#include <array>

#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

/// Whether argument `row` is one row and the argument behind it a matrix whose columns lie one
/// after the other in memory, as the transposed weight of a linear layer does.
bool isRowTimesColumns(const ir::Graph& graph, const ir::Node& node, std::size_t row) {
  if (!isFloatTensor(graph, node) || node.args.size() < row + 2) return false;
  const auto metaOf = [&](std::size_t index) -> const ir::TensorMeta* {
    return node.args[index].isNode() ? graph.node(node.args[index].node()).tensor() : nullptr;
  };
  const ir::TensorMeta* x = metaOf(row);
  const ir::TensorMeta* matrix = metaOf(row + 1);
  if (!x || !matrix || x->device.type != ir::DeviceType::Cuda) return false;
  if (x->rank() != 2 || matrix->rank() != 2) return false;
  return x->sizes[0].hint() == 1 && matrix->strides[0].hint() == 1 && matrix->sizes[0].hint() > 1 &&
         matrix->sizes[1].hint() > 1;
}

Tensor product(Tensor row, Tensor matrix) {
  const std::int64_t length = matrix.size(0), columns = matrix.size(1);
  return reshape(sum(reshape(row, {length, 1}) * matrix, {0}, false), {1, columns});
}

bool isProduct(const ir::Graph& graph, const ir::Node& node) {
  return isRowTimesColumns(graph, node, 0);
}

void replaceProduct(Replacement& r) {
  r.result(product(r.tensor(0), r.tensor(1)));
}

bool isProductWithBias(const ir::Graph& graph, const ir::Node& node) {
  return node.kwargs.empty() && isRowTimesColumns(graph, node, 1);
}

void replaceProductWithBias(Replacement& r) {
  r.result(product(r.tensor(1), r.tensor(2)) + r.tensor(0));
}

constexpr std::array kRows{
    Decomposition{"aten.mm.default", isProduct, replaceProduct},
    Decomposition{"aten.addmm.default", isProductWithBias, replaceProductWithBias},
};

}  // namespace

std::span<const Decomposition> matrixVectorDecompositions() {
  return kRows;
}

}  // namespace core::passes
