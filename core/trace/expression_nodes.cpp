#include "core/trace/expression_nodes.h"

#include <array>
#include <optional>
#include <string_view>

#include "core/base/check.h"
#include "core/ir/real_scalar.h"

namespace core::trace {
namespace {

using load::SizeTree;

struct FunctionRow {
  std::string_view name;    ///< in an expression
  std::string_view target;  ///< in a graph
  std::string_view node;    ///< what PyTorch names such nodes
};

constexpr std::array kFunctions{
    FunctionRow{"+", "_operator.add", "add"},
    FunctionRow{"-", "_operator.sub", "sub"},
    FunctionRow{"*", "_operator.mul", "mul"},
    FunctionRow{"//", "_operator.floordiv", "floordiv"},
    FunctionRow{"FloorDiv", "_operator.floordiv", "floordiv"},
    FunctionRow{"CleanDiv", "_operator.floordiv", "floordiv"},
    FunctionRow{"%", "_operator.mod", "mod"},
    FunctionRow{"Mod", "_operator.mod", "mod"},
    FunctionRow{"PythonMod", "_operator.mod", "mod"},
    FunctionRow{"**", "_operator.pow", "pow"},
    FunctionRow{"/", "_operator.truediv", "truediv"},
    FunctionRow{"Max", "torch.sym_max", "sym_max"},
    FunctionRow{"Min", "torch.sym_min", "sym_min"},
    FunctionRow{"sqrt", "torch._sym_sqrt", "_sym_sqrt"},
    FunctionRow{"ToFloat", "torch.sym_float", "sym_float"},
};

const FunctionRow& functionOf(const std::string& name) {
  for (const FunctionRow& row : kFunctions)
    if (row.name == name) return row;
  CORE_CHECK(false, "the sizes of a graph are computed with an unknown function, " + name);
  return kFunctions.front();
}

/// As programs write it: s0*4 and s0 - 1 for 4*s0 and s0 + -1. Returns the function to call.
std::string withNumberLast(const std::string& name, std::vector<ir::Argument>& operands) {
  if (name != "+" && name != "*") return name;
  if (!operands.front().isNode()) std::swap(operands.front(), operands.back());
  ir::Argument& last = operands.back();
  if (name != "+" || last.isNode() || *last.number() >= 0) return name;
  last = last.integer() ? ir::Argument(-*last.integer()) : ir::Argument(-*last.number());
  return "-";
}

}  // namespace

ir::NodeId ExpressionNodes::node(const std::string& expression, const SizeNode& sizeNode,
                                 const ir::NodeMeta& meta) {
  const auto tree = load::parseSize(expression);
  CORE_CHECK(tree.has_value(), "the size '" + expression + "' cannot be read");
  const ir::Argument made = argument(*tree, sizeNode, meta);
  CORE_CHECK(made.isNode(), "the size '" + expression + "' has no symbol");
  return made.node();
}

ir::ValueMeta ExpressionNodes::valueOf(const SizeTree& tree) const {
  const std::string text = load::sizeText(tree);
  // A root or a true division is a float even where its value is whole.
  const bool isReal = tree.name == "/" || tree.name == "sqrt" || tree.name == "ToFloat";
  const auto whole = isReal ? std::nullopt : load::evaluateSize(tree, m_symbols);
  if (whole) return ir::SymMeta{ir::Size(text, *whole)};
  const auto value = load::evaluateReal(text, m_symbols);
  CORE_CHECK(value.has_value(), "the size '" + text + "' has no value");
  return ir::realScalar(text, *value);
}

ir::Argument ExpressionNodes::argument(const SizeTree& tree, const SizeNode& sizeNode,
                                       const ir::NodeMeta& meta) {
  if (tree.kind == SizeTree::Kind::Integer) return tree.integer;
  if (tree.kind == SizeTree::Kind::Real) return tree.real;
  if (const auto known = sizeNode(tree)) return *known;
  CORE_CHECK(tree.kind == SizeTree::Kind::Call, "nothing has the size " + tree.name);
  const std::string text = load::sizeText(tree);
  if (const auto known = m_made.find(text); known != m_made.end()) return known->second;
  std::vector<ir::Argument> operands;
  for (const SizeTree& operand : tree.args) operands.push_back(argument(operand, sizeNode, meta));
  const FunctionRow& function = functionOf(withNumberLast(tree.name, operands));
  const ir::NodeId made =
      m_builder.addCall(m_names.fresh(std::string(function.node)), std::string(function.target),
                        std::move(operands), {}, valueOf(tree), meta);
  m_made.emplace(text, made);
  return made;
}

}  // namespace core::trace
