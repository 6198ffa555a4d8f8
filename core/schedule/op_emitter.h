#pragma once

// One operator being written as loop ops at one index.

#include <string>

#include "core/ir/graph.h"
#include "core/schedule/loop_builder.h"
#include "core/schedule/loop_index.h"

namespace core::schedule {

/// Gives the value of an operand at an index of the operand, as a loop op in the compute type of
/// the operand's dtype.
class OperandReader {
 public:
  virtual ~OperandReader() = default;
  virtual int read(ir::NodeId operand, const LoopIndex& index) = 0;
  /// The number of a position as an I64 op.
  virtual int position(const DimIndex& index) = 0;
};

/// What a lowering is written with. Arguments are named by position and by name, because dumps give
/// some of them as keywords.
class OpEmitter {
 public:
  /// `out` is the index of the result; `in`, for reductions, that of the first argument.
  OpEmitter(const ir::Graph& graph, const ir::Node& node, LoopIndex out, LoopIndex in,
            LoopBuilder& builder, OperandReader& reader)
      : m_graph(graph),
        m_node(node),
        m_out(std::move(out)),
        m_in(std::move(in)),
        m_builder(builder),
        m_reader(reader) {}

  const ir::Graph& graph() const { return m_graph; }
  const ir::Node& node() const { return m_node; }
  LoopBuilder& builder() { return m_builder; }
  const LoopIndex& out() const { return m_out; }
  const LoopIndex& in() const { return m_in; }
  /// A reduction whose values the kernel adds up itself (LoopOpKind::Accumulate): the lowering
  /// gives the value of one element.
  bool isAccumulated() const { return m_isAccumulated; }
  void setAccumulated(bool isAccumulated) { m_isAccumulated = isAccumulated; }
  /// The compute type of the result.
  ir::DType type() const { return computeType(m_node.tensor()->dtype); }
  bool isFloat() const { return ir::isFloatingPoint(type()); }

  /// Argument `index` at the result's index, cast to `type`: a tensor, broadcast, or a number.
  Expr operand(std::size_t index, ir::DType type, const char* name = "");
  /// The same in the compute type of the result.
  Expr x(std::size_t index, const char* name = "") { return operand(index, type(), name); }
  bool has(std::size_t index, const char* name = "") const;
  /// A number argument; `fallback` if it is absent or None.
  double number(std::size_t index, const char* name, double fallback) const;
  /// Whether the argument is a number, not a tensor.
  bool isNumber(std::size_t index, const char* name = "") const;
  /// A text argument; empty if absent.
  std::string text(std::size_t index, const char* name) const;
  /// The tensor argument's description; null if the argument is no tensor.
  const ir::TensorMeta* meta(std::size_t index, const char* name = "") const;
  ir::NodeId argumentNode(std::size_t index) const { return m_node.args[index].node(); }

  /// The compute type that PyTorch promotes arguments 0 and 1 to.
  ir::DType promotedType() const;

  /// The operand's element at an index of its own, in its own compute type.
  Expr readAt(ir::NodeId operand, const LoopIndex& index) {
    return {&m_builder, m_reader.read(operand, index)};
  }
  Expr position(const DimIndex& index) { return {&m_builder, m_reader.position(index)}; }
  Expr constant(ir::DType type, double value) {
    return {&m_builder, m_builder.constant(type, value)};
  }

  /// The result as readers see it: in the compute type, and for halves with the precision of the
  /// result's dtype. PyTorch rounds after every operator; which of these roundings a kernel
  /// makes is decided when it is whole (see keep_single.h).
  Expr finished(Expr value) const;

  /// Says why the operator cannot be lowered; the value that is returned has no meaning.
  Expr refuse(const std::string& why);
  const std::string& refusal() const { return m_refusal; }

 private:
  const ir::Graph& m_graph;
  const ir::Node& m_node;
  LoopIndex m_out;
  LoopIndex m_in;
  LoopBuilder& m_builder;
  OperandReader& m_reader;
  bool m_isAccumulated = false;
  std::string m_refusal;
};

}  // namespace core::schedule
