#include "core/load/capture/size_expression.h"

// A recursive-descent evaluator: sum -> product -> power -> atom. Every step yields empty on the
// first thing that has no integer value, so a caller needs one check.

#include <algorithm>
#include <cctype>
#include <vector>

namespace core::load {
namespace {

using Value = std::optional<std::int64_t>;

constexpr int kMaxDepth = 200;

bool isNameChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

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

class Evaluator {
 public:
  Evaluator(std::string_view text, const SymbolHints& symbols) : m_text(text), m_symbols(symbols) {}

  Value whole() {
    const Value value = sum();
    skipSpace();
    return m_at == m_text.size() ? value : Value();
  }

  std::optional<bool> comparison() {
    const bool isEq = take("Eq(");
    const bool isNe = !isEq && take("Ne(");
    const Value left = sum();
    std::string_view relation = isEq ? "==" : "!=";
    if (isEq || isNe) {
      if (!take(",")) return {};
    } else {
      relation = takeRelation();
    }
    const Value right = relation.empty() ? Value() : sum();
    if (((isEq || isNe) && !take(")")) || !left || !right) return {};
    skipSpace();
    if (m_at != m_text.size()) return {};
    return holds(*left, relation, *right);
  }

 private:
  std::string_view takeRelation() {
    for (const std::string_view relation : {">=", "<=", "==", "!=", ">", "<"})
      if (take(relation)) return relation;
    return {};
  }

  static bool holds(std::int64_t left, std::string_view relation, std::int64_t right) {
    if (relation == ">=") return left >= right;
    if (relation == "<=") return left <= right;
    if (relation == "==") return left == right;
    if (relation == "!=") return left != right;
    return relation == ">" ? left > right : left < right;
  }

  void skipSpace() {
    while (m_at < m_text.size() && m_text[m_at] == ' ') ++m_at;
  }

  bool take(std::string_view token) {
    skipSpace();
    if (m_text.substr(m_at, token.size()) != token) return false;
    m_at += token.size();
    return true;
  }

  Value sum() {
    if (++m_depth > kMaxDepth) return {};
    Value value = product();
    while (value) {
      const bool plus = take("+");
      if (!plus && !take("-")) break;
      const Value right = product();
      if (!right || *right == INT64_MIN) return {};
      value = add(*value, plus ? *right : -*right);
    }
    --m_depth;
    return value;
  }

  Value product() {
    Value value = signedPower();
    while (value) {
      Value (*apply)(std::int64_t, std::int64_t) = nullptr;
      if (take("*"))
        apply = multiply;
      else if (take("//"))
        apply = floorDivide;
      else if (take("/"))
        apply = exactDivide;
      else if (take("%"))
        apply = modulo;
      if (!apply) break;
      const Value right = signedPower();
      if (!right) return {};
      value = apply(*value, *right);
    }
    return value;
  }

  Value signedPower() {
    if (take("-")) {
      if (++m_depth > kMaxDepth) return {};
      const Value value = signedPower();
      --m_depth;
      return value ? multiply(*value, -1) : Value();
    }
    const Value base = atom();
    if (!base || !take("**")) return base;
    const Value exponent = signedPower();
    return exponent ? power(*base, *exponent) : Value();
  }

  Value atom() {
    if (take("(")) {
      const Value value = sum();
      return take(")") ? value : Value();
    }
    const std::size_t start = m_at;
    while (m_at < m_text.size() && isNameChar(m_text[m_at])) ++m_at;
    const std::string_view word = m_text.substr(start, m_at - start);
    if (word.empty()) return {};
    if (std::isdigit(static_cast<unsigned char>(word[0]))) return integer(word);
    if (take("(")) return call(word);
    const auto found = m_symbols.find(word);
    return found == m_symbols.end() ? Value() : Value(found->second);
  }

  static Value integer(std::string_view digits) {
    Value value = 0;
    for (char c : digits) {
      if (!std::isdigit(static_cast<unsigned char>(c))) return {};
      value = multiply(*value, 10);
      if (value) value = add(*value, c - '0');
      if (!value) return {};
    }
    return value;
  }

  Value call(std::string_view function) {
    std::vector<std::int64_t> args;
    do {
      const Value argument = sum();
      if (!argument) return {};
      args.push_back(*argument);
    } while (take(","));
    if (!take(")")) return {};
    if (function == "Max") return *std::max_element(args.begin(), args.end());
    if (function == "Min") return *std::min_element(args.begin(), args.end());
    if (args.size() != 2) return {};
    if (function == "FloorDiv") return floorDivide(args[0], args[1]);
    if (function == "CleanDiv") return exactDivide(args[0], args[1]);
    if (function == "Mod" || function == "PythonMod") return modulo(args[0], args[1]);
    return {};
  }

  std::string_view m_text;
  const SymbolHints& m_symbols;
  std::size_t m_at = 0;
  int m_depth = 0;
};

}  // namespace

std::optional<std::int64_t> evaluateSize(std::string_view expression, const SymbolHints& symbols) {
  return Evaluator(expression, symbols).whole();
}

std::optional<bool> evaluateGuard(std::string_view guard, const SymbolHints& symbols) {
  return Evaluator(guard, symbols).comparison();
}

bool isPlainSymbol(std::string_view text) {
  return !text.empty() && !std::isdigit(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), isNameChar);
}

}  // namespace core::load
