#pragma once

// Calls that compute an expression of sizes in a graph.

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/ir/graph_builder.h"
#include "core/load/capture/size_expression.h"
#include "core/trace/node_names.h"

namespace core::trace {

/// Appends the calls of PyTorch's symbolic scalars: `_operator.add`, `mul`, `floordiv`, `mod`,
/// `truediv`, `pow`, `torch.sym_max`, `torch.sym_min`, `torch.sym_float`, `torch._sym_sqrt`. An
/// expression that was asked for before gets the node that it has.
class ExpressionNodes {
 public:
  /// The node that has the value of a part of an expression; it must have one for each symbol.
  /// Empty: the part is computed.
  using SizeNode = std::function<std::optional<ir::NodeId>(const load::SizeTree& part)>;

  /// `symbols`: their values at the example sizes.
  ExpressionNodes(ir::GraphBuilder& builder, NodeNames& names, load::SymbolHints symbols)
      : m_builder(builder), m_names(names), m_symbols(std::move(symbols)) {}

  /// The node of `expression`, which must be one that has a value and a symbol. New nodes get
  /// `meta`.
  ir::NodeId node(const std::string& expression, const SizeNode& sizeNode,
                  const ir::NodeMeta& meta);

 private:
  ir::Argument argument(const load::SizeTree& tree, const SizeNode& sizeNode,
                        const ir::NodeMeta& meta);
  ir::ValueMeta valueOf(const load::SizeTree& tree) const;

  ir::GraphBuilder& m_builder;
  NodeNames& m_names;
  load::SymbolHints m_symbols;
  std::map<std::string, ir::NodeId> m_made;  ///< by the expression's text
};

}  // namespace core::trace
