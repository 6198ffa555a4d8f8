// Two walks over the tree of an expression: on integers, where whatever is no integer has no value,
// and on floating-point numbers.

#include "core/load/capture/size_expression.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace core::load {
namespace {

using Value = std::optional<std::int64_t>;
using Kind = SizeTree::Kind;

Value add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? Value() : Value(sum);
}

Value multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? Value() : Value(product);
}

Value floorDivide(std::int64_t a, std::int64_t b) {
  if (b == 0 || (b == -1 && a == INT64_MIN)) return {};
  const std::int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

Value modulo(std::int64_t a, std::int64_t b) {
  const Value quotient = floorDivide(a, b);
  if (!quotient) return {};
  return a - *quotient * b;
}

Value exactDivide(std::int64_t a, std::int64_t b) {
  return modulo(a, b) == Value(0) ? floorDivide(a, b) : Value();
}

Value power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0 || exponent > 64) return {};
  Value result = 1;
  for (std::int64_t i = 0; i < exponent && result; ++i) result = multiply(*result, base);
  return result;
}

using IntegerOperation = Value (*)(std::int64_t, std::int64_t);

IntegerOperation integerOperation(std::string_view name) {
  if (name == "+") return add;
  if (name == "*") return multiply;
  if (name == "**") return power;
  if (name == "//" || name == "FloorDiv") return floorDivide;
  if (name == "/" || name == "CleanDiv") return exactDivide;
  if (name == "%" || name == "Mod" || name == "PythonMod") return modulo;
  return nullptr;
}

/// Of all arguments of a call; empty if one has no value.
template <typename Number, typename Evaluate>
std::optional<std::vector<Number>> values(const SizeTree& call, Evaluate&& evaluate) {
  std::vector<Number> all;
  for (const SizeTree& argument : call.args) {
    const auto value = evaluate(argument);
    if (!value) return std::nullopt;
    all.push_back(*value);
  }
  return all;
}

Value valueOf(const SizeTree& tree, const SymbolHints& symbols) {
  if (tree.kind == Kind::Integer) return tree.integer;
  if (tree.kind == Kind::Real) return {};
  if (tree.kind == Kind::Symbol) {
    const auto found = symbols.find(tree.name);
    return found == symbols.end() ? Value() : Value(found->second);
  }
  const auto args =
      values<std::int64_t>(tree, [&](const auto& arg) { return valueOf(arg, symbols); });
  if (!args || args->empty()) return {};
  if (tree.name == "Max") return *std::max_element(args->begin(), args->end());
  if (tree.name == "Min") return *std::min_element(args->begin(), args->end());
  const IntegerOperation apply = integerOperation(tree.name);
  return apply && args->size() == 2 ? apply((*args)[0], (*args)[1]) : Value();
}

std::optional<double> realCall(const std::string& name, const std::vector<double>& args) {
  if (args.empty()) return std::nullopt;
  if (name == "Max") return *std::max_element(args.begin(), args.end());
  if (name == "Min") return *std::min_element(args.begin(), args.end());
  if (args.size() == 1) {
    if (name == "ToFloat") return args[0];
    if (name == "OpaqueUnaryFn_sqrt" || name == "sqrt") return std::sqrt(args[0]);
    return std::nullopt;
  }
  if (args.size() != 2) return std::nullopt;
  if (name == "+") return args[0] + args[1];
  if (name == "*") return args[0] * args[1];
  if (name == "/" || name == "IntTrueDiv" || name == "FloatTrueDiv") return args[0] / args[1];
  if (name == "**" || name == "FloatPow" || name == "PowByNatural")
    return std::pow(args[0], args[1]);
  if (name == "//" || name == "FloorDiv") return std::floor(args[0] / args[1]);
  return std::nullopt;
}

std::optional<double> realOf(const SizeTree& tree, const SymbolHints& symbols) {
  if (tree.kind == Kind::Real) return tree.real;
  if (const Value exact = valueOf(tree, symbols)) return static_cast<double>(*exact);
  if (tree.kind != Kind::Call) return std::nullopt;
  const auto args = values<double>(tree, [&](const auto& arg) { return realOf(arg, symbols); });
  const auto value = args ? realCall(tree.name, *args) : std::nullopt;
  return value && std::isfinite(*value) ? value : std::nullopt;
}

bool holds(std::int64_t left, std::string_view relation, std::int64_t right) {
  if (relation == ">=") return left >= right;
  if (relation == "<=") return left <= right;
  if (relation == "==") return left == right;
  if (relation == "!=") return left != right;
  return relation == ">" ? left > right : left < right;
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

bool isNameChar(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

std::optional<std::int64_t> evaluateSize(const SizeTree& tree, const SymbolHints& symbols) {
  return valueOf(tree, symbols);
}

std::optional<std::int64_t> evaluateSize(std::string_view expression, const SymbolHints& symbols) {
  const auto tree = parseSize(expression);
  return tree ? valueOf(*tree, symbols) : Value();
}

std::optional<double> evaluateReal(std::string_view expression, const SymbolHints& symbols) {
  const auto tree = parseSize(expression);
  return tree ? realOf(*tree, symbols) : std::nullopt;
}

std::optional<bool> evaluateGuard(std::string_view guard, const SymbolHints& symbols) {
  const auto comparison = parseSizeComparison(guard);
  return comparison ? evaluateGuard(*comparison, symbols) : std::nullopt;
}

std::optional<bool> evaluateGuard(const SizeComparison& guard, const SymbolHints& symbols) {
  const Value left = valueOf(guard.left, symbols);
  const Value right = valueOf(guard.right, symbols);
  if (!left || !right) return std::nullopt;
  return holds(*left, guard.relation, *right);
}

bool isPlainSymbol(std::string_view text) {
  return !text.empty() && !isDigit(text[0]) && std::all_of(text.begin(), text.end(), isNameChar);
}

}  // namespace core::load
