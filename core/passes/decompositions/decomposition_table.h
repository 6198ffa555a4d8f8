#pragma once

// The decompositions, one table a file.

#include <span>
#include <string_view>
#include <vector>

#include "core/passes/decompositions/graph_rewriter.h"

namespace core::passes {

/// What a decomposition is written with: the node to be replaced, its arguments, its results.
class Replacement {
 public:
  Replacement(GraphRewriter& rewriter, const ir::Node& node) : m_rewriter(rewriter), m_node(node) {}

  const ir::Node& node() const { return m_node; }
  GraphRewriter& rewriter() { return m_rewriter; }
  /// A tensor argument, which must be there; halves as f32.
  Tensor tensor(std::size_t index, const char* name = "");
  /// A tensor argument that may be None; halves as f32.
  std::optional<Tensor> optionalTensor(std::size_t index, const char* name = "");
  /// A tensor argument as it is.
  Tensor rawTensor(std::size_t index);
  double number(std::size_t index, const char* name, double fallback) const;
  bool flag(std::size_t index, const char* name, bool fallback) const {
    return number(index, name, fallback ? 1 : 0) != 0;
  }
  /// A list of integers; empty if it is None or absent.
  std::vector<std::int64_t> integers(std::size_t index, const char* name = "") const;
  /// Dimensions of a tensor of `rank`, from the front; all if none are given.
  std::vector<int> dims(std::size_t index, const char* name, int rank) const;
  /// Whether result `index` of a tuple is read.
  bool isUsed(std::size_t index) const;
  /// Gives the only result, or a result of a tuple (nothing happens if nobody reads it).
  void result(Tensor value);
  void result(std::size_t index, Tensor value);
  /// What the graph records of a result; null if it is undefined.
  const ir::TensorMeta* resultMeta(std::size_t index) const;

 private:
  const ir::Argument* argument(std::size_t index, const char* name) const;

  GraphRewriter& m_rewriter;
  const ir::Node& m_node;
};

struct Decomposition {
  std::string_view target;
  /// Whether this call has the form that `replace` is written for.
  bool (*applies)(const ir::Graph& graph, const ir::Node& node);
  /// Builds the replacement and gives every result that is used.
  void (*replace)(Replacement& r);
};

std::span<const Decomposition> layerNormDecompositions();
std::span<const Decomposition> batchNormDecompositions();
std::span<const Decomposition> groupNormDecompositions();
std::span<const Decomposition> softmaxDecompositions();
std::span<const Decomposition> likelihoodLossDecompositions();
std::span<const Decomposition> distanceLossDecompositions();
std::span<const Decomposition> statisticsDecompositions();
std::span<const Decomposition> fullReductionDecompositions();
std::span<const Decomposition> scatteredSumDecompositions();
std::span<const Decomposition> matrixVectorDecompositions();
/// For a graph that has been through the others.
std::span<const Decomposition> columnSumDecompositions();

/// The first argument's description; null if it is no tensor.
const ir::TensorMeta* firstTensor(const ir::Graph& graph, const ir::Node& node);
/// The first argument is a floating-point tensor with at least one dimension and one element.
bool isFloatTensor(const ir::Graph& graph, const ir::Node& node);

}  // namespace core::passes
