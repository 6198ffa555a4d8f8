// Recursive descent over: either = all ("OR" all)*, all = unary+, unary = "-" unary | "(" either
// ")" | term, term = [key ":"] (text | "quoted" | /regex/ | range).

#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "views/shared/filter.h"
#include "views/shared/filter_term.h"

namespace views::shared {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr std::array<std::pair<std::string_view, FilterField>, 14> kKeys{{
    {"name", FilterField::Name},
    {"op", FilterField::Op},
    {"module", FilterField::Module},
    {"part", FilterField::Part},
    {"dtype", FilterField::Dtype},
    {"shape", FilterField::Shape},
    {"source", FilterField::Source},
    {"tag", FilterField::Tag},
    {"saved", FilterField::Saved},
    {"recompute", FilterField::Recompute},
    {"bytes", FilterField::Bytes},
    {"fanout", FilterField::Fanout},
    {"user-of", FilterField::UserOf},
    {"input-of", FilterField::InputOf},
}};

// Deep nesting is a mistake or an attack; recursion must not follow it.
constexpr int kDeepest = 50;

bool isSpace(char c) {
  return c == ' ' || c == '\t';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : m_text(text) {}

  Result<Filter> parse() {
    skipSpace();
    if (atEnd()) return Filter();
    CORE_TRY(FilterTermPtr root, either(0));
    if (!atEnd()) return problem("there is no '(' for this ')'");
    return Filter(std::move(root));
  }

 private:
  Result<FilterTermPtr> either(int depth);
  Result<FilterTermPtr> all(int depth);
  Result<FilterTermPtr> unary(int depth);
  Result<FilterTermPtr> term();
  Result<FilterTermPtr> value(FilterField field);
  Result<FilterTermPtr> regex(FilterField field);
  Result<FilterTermPtr> range(FilterField field, const std::string& text, std::size_t at);
  std::optional<std::int64_t> amount(const std::string& text, bool isBytes) const;
  std::optional<FilterField> key();
  std::string bareText();

  bool atEnd() const { return m_at >= m_text.size(); }
  char next() const { return m_text[m_at]; }
  void skipSpace() {
    while (!atEnd() && isSpace(next())) ++m_at;
  }
  bool atOr() const {
    return m_text.substr(m_at, 2) == "OR" &&
           (m_at + 2 == m_text.size() || isSpace(m_text[m_at + 2]) || m_text[m_at + 2] == '(');
  }
  Error problem(const std::string& what) const { return problemAt(m_at, what); }
  static Error problemAt(std::size_t at, const std::string& what) {
    return {
        ErrorCode::InvalidArgument, "Column " + std::to_string(at + 1) + ": " + what + ".", {}, {}};
  }
  static FilterTermPtr joined(FilterKind kind, std::vector<FilterTermPtr> children) {
    if (children.size() == 1 && kind != FilterKind::Not) return children.front();
    auto term = std::make_shared<FilterTerm>();
    term->kind = kind;
    term->children = std::move(children);
    return term;
  }

  std::string_view m_text;
  std::size_t m_at = 0;
};

Result<FilterTermPtr> Parser::either(int depth) {
  std::vector<FilterTermPtr> choices;
  for (;;) {
    CORE_TRY(FilterTermPtr choice, all(depth));
    choices.push_back(std::move(choice));
    if (atEnd() || !atOr()) return joined(FilterKind::Either, std::move(choices));
    m_at += 2;
    skipSpace();
  }
}

Result<FilterTermPtr> Parser::all(int depth) {
  std::vector<FilterTermPtr> terms;
  while (!atEnd() && next() != ')' && !atOr()) {
    CORE_TRY(FilterTermPtr one, unary(depth));
    terms.push_back(std::move(one));
    skipSpace();
  }
  if (terms.empty()) return problem("a term is missing");
  return joined(FilterKind::All, std::move(terms));
}

Result<FilterTermPtr> Parser::unary(int depth) {
  if (depth > kDeepest) return problem("too many brackets and signs");
  if (next() == '-') {
    ++m_at;
    if (atEnd() || isSpace(next())) return problem("a term is missing after '-'");
    CORE_TRY(FilterTermPtr inner, unary(depth + 1));
    return joined(FilterKind::Not, {std::move(inner)});
  }
  if (next() != '(') return term();
  const std::size_t open = m_at++;
  skipSpace();
  CORE_TRY(FilterTermPtr inner, either(depth + 1));
  if (atEnd()) return problemAt(open, "this '(' is not closed");
  ++m_at;
  return inner;
}

/// Consumes "key:" if a known key stands here.
std::optional<FilterField> Parser::key() {
  for (const auto& [name, field] : kKeys) {
    if (m_text.substr(m_at, name.size()) != name) continue;
    if (m_at + name.size() >= m_text.size() || m_text[m_at + name.size()] != ':') continue;
    m_at += name.size() + 1;
    return field;
  }
  return std::nullopt;
}

std::string Parser::bareText() {
  const std::size_t begin = m_at;
  while (!atEnd() && !isSpace(next()) && next() != ')' && next() != '(') ++m_at;
  return std::string(m_text.substr(begin, m_at - begin));
}

Result<FilterTermPtr> Parser::term() {
  const auto field = key();
  if (!field && next() == ':') return problem("a key is missing before ':'");
  return value(field.value_or(FilterField::Any));
}

Result<FilterTermPtr> Parser::value(FilterField field) {
  const std::size_t begin = m_at;
  if (atEnd() || isSpace(next())) return problem("a value is missing");
  if (next() == '/') return regex(field);
  auto term = std::make_shared<FilterTerm>();
  term->field = field;
  if (next() == '"') {
    const auto close = m_text.find('"', m_at + 1);
    if (close == std::string_view::npos) return problem("this quotation is not closed");
    term->kind = FilterKind::Word;
    term->text = lowerCase(std::string(m_text.substr(m_at + 1, close - m_at - 1)));
    m_at = close + 1;
    return FilterTermPtr(std::move(term));
  }
  const std::string text = bareText();
  if (text.empty()) return problem("a value is missing");
  if (field == FilterField::Saved || field == FilterField::Recompute) {
    if (text != "yes" && text != "no") return problemAt(begin, "say yes or no");
    term->kind = FilterKind::Flag;
    term->flag = text == "yes";
    return FilterTermPtr(std::move(term));
  }
  if (field == FilterField::Bytes || field == FilterField::Fanout) return range(field, text, begin);
  const bool isNode = field == FilterField::UserOf || field == FilterField::InputOf;
  term->text = isNode ? text : lowerCase(text);
  return FilterTermPtr(std::move(term));
}

Result<FilterTermPtr> Parser::regex(FilterField field) {
  const std::size_t begin = m_at++;
  std::string pattern;
  while (!atEnd() && next() != '/') {
    if (next() == '\\' && m_at + 1 < m_text.size() && m_text[m_at + 1] == '/') ++m_at;
    pattern += next();
    ++m_at;
  }
  if (atEnd()) return problemAt(begin, "this regular expression is not closed with '/'");
  ++m_at;
  auto term = std::make_shared<FilterTerm>();
  term->kind = FilterKind::Regex;
  term->field = field;
  try {
    term->regex = std::regex(pattern, std::regex::ECMAScript | std::regex::icase);
  } catch (const std::regex_error&) {
    return problemAt(begin, "this is not a regular expression");
  }
  return FilterTermPtr(std::move(term));
}

std::optional<std::int64_t> Parser::amount(const std::string& text, bool isBytes) const {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || number < 0 || number > 1e15) return std::nullopt;
  const std::string unit(end);
  double factor = 1;
  if (isBytes && unit == "KiB") {
    factor = 1024.0;
  } else if (isBytes && unit == "MiB") {
    factor = 1024.0 * 1024;
  } else if (isBytes && unit == "GiB") {
    factor = 1024.0 * 1024 * 1024;
  } else if (!unit.empty() && !(isBytes && unit == "B")) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(std::llround(std::min(number * factor, 9e18)));
}

Result<FilterTermPtr> Parser::range(FilterField field, const std::string& text, std::size_t at) {
  const bool isBytes = field == FilterField::Bytes;
  auto term = std::make_shared<FilterTerm>();
  term->kind = FilterKind::Range;
  term->field = field;
  const auto dots = text.find("..");
  if (dots != std::string::npos) {
    const auto low = amount(text.substr(0, dots), isBytes);
    const auto high = amount(text.substr(dots + 2), isBytes);
    if (low && high) {
      term->low = *low;
      term->high = *high;
      return FilterTermPtr(std::move(term));
    }
  } else if (text.front() == '>' || text.front() == '<') {
    if (const auto bound = amount(text.substr(1), isBytes)) {
      (text.front() == '>' ? term->low : term->high) =
          text.front() == '>' ? *bound + 1 : *bound - 1;
      return FilterTermPtr(std::move(term));
    }
  } else if (const auto exact = amount(text, isBytes)) {
    term->low = term->high = *exact;
    return FilterTermPtr(std::move(term));
  }
  return problemAt(at, isBytes ? "say >1MiB, <1MiB or 1KiB..1MiB" : "say >2, <2 or 1..4");
}

}  // namespace

Result<Filter> parseFilter(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace views::shared
