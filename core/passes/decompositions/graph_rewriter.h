#pragma once

// Building the replacement of an operator as a formula.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ir/graph.h"
#include "core/ir/origin_map.h"

namespace core::passes {

class GraphRewriter;

/// A tensor of the graph that is being built.
struct Tensor {
  GraphRewriter* rewriter = nullptr;
  ir::NodeId id;

  const ir::TensorMeta& meta() const;
  int rank() const { return meta().rank(); }
  ir::DType dtype() const { return meta().dtype; }
  /// Elements along a dimension.
  std::int64_t size(int dim) const;
};

/// Copies a graph and replaces nodes on the way. Nodes that are made while a node is being replaced
/// get its metadata and its name as a prefix.
class GraphRewriter {
 public:
  explicit GraphRewriter(const ir::Graph& from);

  const ir::Graph& from() const { return m_from; }
  /// Copies a node that stays as it is.
  void copy(const ir::Node& node);
  /// What is made from now on replaces `node`.
  void beginReplacing(const ir::Node& node);
  /// The node of the old graph is `value` in the new one: brought to the recorded sizes, dtype and
  /// strides, and under the old name where it was made for it.
  void define(ir::NodeId old, Tensor value);
  ir::PassResult finish();

  /// An argument of the node that is being replaced; empty if it is None or absent.
  std::optional<Tensor> tensorArgument(const ir::Node& node, std::size_t index,
                                       const char* name = "");
  Tensor mapped(ir::NodeId old) { return {this, m_copies[old.index]}; }

  /// A call with a given result.
  Tensor call(const std::string& target, std::vector<ir::Argument> args, ir::TensorMeta meta,
              std::vector<std::pair<std::string, ir::Argument>> kwargs = {});
  /// A pointwise call: the result has the broadcast shape of the tensors among `args`, and `dtype`,
  /// or else the dtype of the first of them.
  Tensor pointwise(const std::string& target, std::vector<ir::Argument> args,
                   std::optional<ir::DType> dtype = std::nullopt);

  /// A node of the new graph.
  const ir::Node& node(ir::NodeId id) const { return m_nodes[id.index]; }
  const ir::TensorMeta& metaOf(ir::NodeId id) const { return *m_nodes[id.index].tensor(); }

 private:
  ir::NodeId append(ir::Node node);
  std::string freshName(const std::string& op) const;
  bool isNew(const std::string& name) const;
  Tensor withMeta(Tensor value, const ir::TensorMeta& meta);

  const ir::Graph& m_from;
  std::vector<ir::Node> m_nodes;
  std::vector<std::vector<ir::NodeId>> m_origins;
  std::vector<ir::NodeId> m_copies;  ///< of the old graph's nodes
  std::unordered_map<std::string, int> m_names;
  const ir::Node* m_replaced = nullptr;
  std::size_t m_firstNew = 0;  ///< nodes from here on were made for m_replaced
};

// Arithmetic. Numbers stay arguments; dtypes must agree.
Tensor operator+(Tensor a, Tensor b);
Tensor operator-(Tensor a, Tensor b);
Tensor operator*(Tensor a, Tensor b);
Tensor operator/(Tensor a, Tensor b);
Tensor operator+(Tensor a, double b);
Tensor operator-(Tensor a, double b);
Tensor operator*(Tensor a, double b);
Tensor operator/(Tensor a, double b);

/// aten.<name>.default of one tensor.
Tensor unary(const std::string& name, Tensor x);
/// aten.<name>.Scalar: a comparison with a number.
Tensor compare(const std::string& name, Tensor x, ir::Argument number);
Tensor where(Tensor condition, Tensor a, Tensor b);
/// A tensor without dimensions.
Tensor scalar(Tensor like, double value, ir::DType dtype);

/// aten.sum.dim_IntList, aten.mean.dim, aten.amax.default ...: by their full target.
Tensor reduce(const std::string& target, Tensor x, const std::vector<int>& dims, bool keepsDims);
Tensor sum(Tensor x, const std::vector<int>& dims, bool keepsDims = true);
Tensor mean(Tensor x, const std::vector<int>& dims, bool keepsDims = true);
Tensor amax(Tensor x, const std::vector<int>& dims);

/// A view of other sizes; a contiguous copy first where no view exists.
Tensor reshape(Tensor x, const std::vector<std::int64_t>& sizes);
Tensor unsqueeze(Tensor x, int dim);
/// The tensor itself if it has the dtype already.
Tensor toDType(Tensor x, ir::DType dtype);
/// f32 for halves; the tensor itself for anything else.
Tensor toComputeType(Tensor x);

}  // namespace core::passes
