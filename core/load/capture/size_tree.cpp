// Recursive descent: sum -> product -> signed power -> atom. Every step yields empty on the first
// thing that it cannot read, so a caller needs one check.

#include "core/load/capture/size_tree.h"

#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace core::load {
namespace {

using Tree = std::optional<SizeTree>;

constexpr int kMaxDepth = 200;
constexpr int kMaxCalls = 2000;  ///< bounds the depth of a tree of long sums too

bool isDigit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool isNameChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

SizeTree integerTree(std::int64_t value) {
  return {SizeTree::Kind::Integer, value, 0, {}, {}};
}

class Parser {
 public:
  explicit Parser(std::string_view text) : m_text(text) {}

  Tree whole() {
    Tree tree = sum();
    return atEnd() ? tree : std::nullopt;
  }

  std::optional<SizeComparison> comparison() {
    const bool isEq = take("Eq(");
    const bool isCall = isEq || take("Ne(");
    Tree left = sum();
    std::string relation = isEq ? "==" : "!=";
    if (isCall) {
      if (!take(",")) return {};
    } else {
      relation = takeRelation();
    }
    Tree right = relation.empty() ? Tree() : sum();
    if ((isCall && !take(")")) || !left || !right || !atEnd()) return {};
    return SizeComparison{*std::move(left), std::move(relation), *std::move(right)};
  }

 private:
  std::string takeRelation() {
    for (const char* relation : {">=", "<=", "==", "!=", ">", "<"})
      if (take(relation)) return relation;
    return {};
  }

  void skipSpace() {
    while (m_at < m_text.size() && m_text[m_at] == ' ') ++m_at;
  }

  bool atEnd() {
    skipSpace();
    return m_at == m_text.size();
  }

  bool take(std::string_view token) {
    skipSpace();
    if (m_text.substr(m_at, token.size()) != token) return false;
    m_at += token.size();
    return true;
  }

  Tree callTree(std::string name, std::vector<SizeTree> args) {
    if (++m_calls > kMaxCalls) return {};
    return SizeTree{SizeTree::Kind::Call, 0, 0, std::move(name), std::move(args)};
  }

  Tree negative(SizeTree tree) {
    if (tree.kind == SizeTree::Kind::Integer) return integerTree(-tree.integer);
    if (tree.kind == SizeTree::Kind::Real) {
      tree.real = -tree.real;
      return tree;
    }
    return callTree("*", {integerTree(-1), std::move(tree)});
  }

  Tree sum() {
    if (++m_depth > kMaxDepth) return {};
    Tree total = product();
    while (total) {
      const bool isPlus = take("+");
      if (!isPlus && !take("-")) break;
      Tree right = product();
      if (right && !isPlus) right = negative(*std::move(right));
      if (!right) return {};
      total = callTree("+", {*std::move(total), *std::move(right)});
    }
    --m_depth;
    return total;
  }

  Tree product() {
    Tree total = signedPower();
    while (total) {
      const std::string operation = takeProductSign();
      if (operation.empty()) break;
      Tree right = signedPower();
      if (!right) return {};
      total = callTree(operation, {*std::move(total), *std::move(right)});
    }
    return total;
  }

  std::string takeProductSign() {
    for (const char* sign : {"*", "//", "/", "%"})
      if (take(sign)) return sign;
    return {};
  }

  Tree signedPower() {
    if (take("-")) {
      if (++m_depth > kMaxDepth) return {};
      Tree tree = signedPower();
      --m_depth;
      return tree ? negative(*std::move(tree)) : Tree();
    }
    Tree base = atom();
    if (!base || !take("**")) return base;
    Tree exponent = signedPower();
    if (!exponent) return {};
    return callTree("**", {*std::move(base), *std::move(exponent)});
  }

  Tree atom() {
    if (take("(")) {
      Tree tree = sum();
      return take(")") ? tree : Tree();
    }
    if (m_at < m_text.size() && isDigit(m_text[m_at])) return number();
    const std::size_t start = m_at;
    while (m_at < m_text.size() && isNameChar(m_text[m_at])) ++m_at;
    std::string word(m_text.substr(start, m_at - start));
    if (word.empty()) return {};
    if (take("(")) return call(std::move(word));
    return SizeTree{SizeTree::Kind::Symbol, 0, 0, std::move(word), {}};
  }

  Tree number() {
    const char* const begin = m_text.data() + m_at;
    const char* const end = m_text.data() + m_text.size();
    SizeTree tree;
    const auto asInteger = std::from_chars(begin, end, tree.integer);
    auto asReal = std::from_chars(begin, end, tree.real);
    const bool isInteger = asInteger.ec == std::errc() && asInteger.ptr >= asReal.ptr;
    if (!isInteger) tree.kind = SizeTree::Kind::Real;
    const bool isHuge = !isInteger && asInteger.ec != std::errc() && asInteger.ptr == asReal.ptr;
    if (asReal.ec != std::errc() || isHuge) return {};
    m_at += static_cast<std::size_t>(asReal.ptr - begin);
    if (m_at < m_text.size() && isNameChar(m_text[m_at])) return {};
    return tree;
  }

  Tree call(std::string function) {
    std::vector<SizeTree> args;
    do {
      Tree argument = sum();
      if (!argument) return {};
      args.push_back(*std::move(argument));
    } while (take(","));
    if (!take(")")) return {};
    return callTree(std::move(function), std::move(args));
  }

  std::string_view m_text;
  std::size_t m_at = 0;
  int m_depth = 0;
  int m_calls = 0;
};

std::string realText(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

/// How tightly an operator binds; 0 for a function.
int precedenceOf(std::string_view name) {
  if (name == "+") return 1;
  if (name == "*" || name == "//" || name == "/" || name == "%") return 2;
  return name == "**" ? 3 : 0;
}

/// In parentheses unless it binds tighter than `outer`.
std::string operandText(const SizeTree& tree, int outer, bool isFirst) {
  std::string text = sizeText(tree);
  const int mine = tree.kind == SizeTree::Kind::Call ? precedenceOf(tree.name) : 0;
  const bool isNegative = text.starts_with('-') && (!isFirst || outer == 3);
  const bool isLoose = mine != 0 && (mine < outer || (mine == outer && !isFirst));
  return isNegative || isLoose ? "(" + text + ")" : text;
}

bool isMinusOne(const SizeTree& tree) {
  return tree.kind == SizeTree::Kind::Integer && tree.integer == -1;
}

/// "a + b - c".
std::string sumText(const SizeTree& sum) {
  std::string text = operandText(sum.args.front(), 1, true);
  for (std::size_t i = 1; i < sum.args.size(); ++i) {
    const std::string term = sizeText(sum.args[i]);
    if (term.starts_with('-'))
      text += " - " + term.substr(1);
    else
      text += " + " + operandText(sum.args[i], 1, false);
  }
  return text;
}

std::string callText(const SizeTree& call) {
  const int precedence = precedenceOf(call.name);
  if (precedence == 1) return sumText(call);
  if (call.name == "*" && call.args.size() == 2 && isMinusOne(call.args[0]))
    return "-" + operandText(call.args[1], 2, true);
  std::string text;
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    if (i > 0) text += precedence == 0 ? ", " : call.name;
    text +=
        precedence == 0 ? sizeText(call.args[i]) : operandText(call.args[i], precedence, i == 0);
  }
  return precedence == 0 ? call.name + "(" + text + ")" : text;
}

}  // namespace

std::string sizeText(const SizeTree& tree) {
  switch (tree.kind) {
    case SizeTree::Kind::Integer: return std::to_string(tree.integer);
    case SizeTree::Kind::Real: return realText(tree.real);
    case SizeTree::Kind::Symbol: return tree.name;
    case SizeTree::Kind::Call: return callText(tree);
  }
  return {};
}

void forEachSymbol(const SizeTree& tree, const std::function<void(const std::string&)>& visit) {
  if (tree.kind == SizeTree::Kind::Symbol) visit(tree.name);
  for (const SizeTree& argument : tree.args) forEachSymbol(argument, visit);
}

std::optional<SizeTree> parseSize(std::string_view text) {
  return Parser(text).whole();
}

std::optional<SizeComparison> parseSizeComparison(std::string_view text) {
  return Parser(text).comparison();
}

}  // namespace core::load
