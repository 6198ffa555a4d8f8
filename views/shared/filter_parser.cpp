// Recursive descent over: either = all ("OR" all)*, all = unary+, unary = "-" unary | "(" either
// ")" | term, term = [key ":"] (text | "quoted" | /regex/ | range).

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "views/shared/filter.h"
#include "views/shared/filter_term.h"

namespace views::shared {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr std::array<std::pair<std::string_view, FilterField>, 26> kKeys{{
    {"name", FilterField::Name},       {"op", FilterField::Op},
    {"module", FilterField::Module},   {"part", FilterField::Part},
    {"dtype", FilterField::Dtype},     {"shape", FilterField::Shape},
    {"device", FilterField::Device},   {"group", FilterField::Group},
    {"kernel", FilterField::Kernel},   {"pass", FilterField::Pass},
    {"source", FilterField::Source},   {"tag", FilterField::Tag},
    {"saved", FilterField::Saved},     {"recompute", FilterField::Recompute},
    {"fused", FilterField::Fused},     {"banned", FilterField::Banned},
    {"changed", FilterField::Changed}, {"bytes", FilterField::Bytes},
    {"time", FilterField::Time},       {"flops", FilterField::Flops},
    {"err", FilterField::Error},       {"fanout", FilterField::Fanout},
    {"user-of", FilterField::UserOf},  {"input-of", FilterField::InputOf},
    {"path", FilterField::Path},       {"within", FilterField::Within},
}};

constexpr int kFarthest = 1'000'000;

/// A unit of a range with what it is worth.
struct Unit {
  FilterField field;
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 12> kUnits{{
    {FilterField::Bytes, "B", 1},
    {FilterField::Bytes, "KiB", 1024.0},
    {FilterField::Bytes, "MiB", 1024.0 * 1024},
    {FilterField::Bytes, "GiB", 1024.0 * 1024 * 1024},
    {FilterField::Time, "ns", 1e-9},
    {FilterField::Time, "us", 1e-6},
    {FilterField::Time, "ms", 1e-3},
    {FilterField::Time, "s", 1},
    {FilterField::Flops, "k", 1e3},
    {FilterField::Flops, "M", 1e6},
    {FilterField::Flops, "G", 1e9},
    {FilterField::Flops, "T", 1e12},
}};

bool isFlag(FilterField field) {
  return field == FilterField::Saved || field == FilterField::Recompute ||
         field == FilterField::Fused || field == FilterField::Banned ||
         field == FilterField::Changed;
}

bool isRange(FilterField field) {
  return field == FilterField::Bytes || field == FilterField::Time || field == FilterField::Flops ||
         field == FilterField::Error || field == FilterField::Fanout;
}

bool isReach(FilterField field) {
  return field == FilterField::UserOf || field == FilterField::InputOf ||
         field == FilterField::Path || field == FilterField::Within;
}

bool hasPercent(FilterField field) {
  return field == FilterField::Bytes || field == FilterField::Time || field == FilterField::Flops;
}

const char* rangeHint(FilterField field) {
  switch (field) {
    case FilterField::Bytes: return "say >1MiB, <1MiB, 1KiB..1MiB or >5%";
    case FilterField::Time: return "say >1ms, <1ms, 1us..1ms or >5%";
    case FilterField::Flops: return "say >1M, <1M, 1k..1M or >5%";
    case FilterField::Error: return "say >1e-3, <1e-3 or 0..1e-6";
    default: return "say >2, <2 or 1..4";
  }
}

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
  Result<FilterTermPtr> flag(FilterField field, const std::string& text, std::size_t at);
  Result<FilterTermPtr> range(FilterField field, const std::string& text, std::size_t at);
  Result<FilterTermPtr> reach(FilterField field, const std::string& text, std::size_t at);
  /// Empty: not understood. Sets `isPercent` if the amount is one.
  static std::optional<double> amount(FilterField field, const std::string& text, bool& isPercent);
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

/// How far the neighbourhoods of a list of terms reach, if it says so.
FilterTermPtr withHops(const FilterTermPtr& term, int hops) {
  const bool isNear = term->kind == FilterKind::Reach && term->field != FilterField::Path;
  if (!isNear && term->kind != FilterKind::Not) return term;
  auto changed = std::make_shared<FilterTerm>(*term);
  changed->hops = hops;
  for (FilterTermPtr& child : changed->children) child = withHops(child, hops);
  return changed;
}

Result<FilterTermPtr> Parser::all(int depth) {
  std::vector<FilterTermPtr> terms;
  int hops = 0;
  const std::size_t begin = m_at;
  while (!atEnd() && next() != ')' && !atOr()) {
    CORE_TRY(FilterTermPtr one, unary(depth));
    if (one->field == FilterField::Within) {
      hops = one->hops;
    } else {
      terms.push_back(std::move(one));
    }
    skipSpace();
  }
  if (hops > 0) {
    const auto isNear = [](const FilterTermPtr& term) {
      const FilterTerm& inner = term->kind == FilterKind::Not ? *term->children.front() : *term;
      return inner.kind == FilterKind::Reach && inner.field != FilterField::Path;
    };
    if (std::none_of(terms.begin(), terms.end(), isNear)) {
      return problemAt(begin, "within: needs user-of: or input-of: beside it");
    }
    for (FilterTermPtr& term : terms) term = withHops(term, hops);
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
  if (isFlag(field)) return flag(field, text, begin);
  if (isRange(field)) return range(field, text, begin);
  if (isReach(field)) return reach(field, text, begin);
  term->text = lowerCase(text);
  return FilterTermPtr(std::move(term));
}

Result<FilterTermPtr> Parser::flag(FilterField field, const std::string& text, std::size_t at) {
  if (text != "yes" && text != "no") return problemAt(at, "say yes or no");
  auto term = std::make_shared<FilterTerm>();
  term->kind = FilterKind::Flag;
  term->field = field;
  term->flag = text == "yes";
  return FilterTermPtr(std::move(term));
}

Result<FilterTermPtr> Parser::reach(FilterField field, const std::string& text, std::size_t at) {
  auto term = std::make_shared<FilterTerm>();
  term->kind = FilterKind::Reach;
  term->field = field;
  term->text = text;
  if (field == FilterField::Path) {
    const auto dots = text.find("..");
    if (dots == std::string::npos || dots == 0 || dots + 2 == text.size()) {
      return problemAt(at, "say path:first..last");
    }
    term->text = text.substr(0, dots);
    term->end = text.substr(dots + 2);
  } else if (field == FilterField::Within) {
    char* end = nullptr;
    const long hops = std::strtol(text.c_str(), &end, 10);
    if (*end != 0 || hops < 1 || hops > kFarthest) return problemAt(at, "say within:3");
    term->hops = static_cast<int>(hops);
  }
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

std::optional<double> Parser::amount(FilterField field, const std::string& text, bool& isPercent) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !(number >= 0) || number > 1e15) return std::nullopt;
  const std::string_view unit(end);
  if (unit.empty()) return number;
  if (unit == "%" && hasPercent(field)) {
    isPercent = true;
    return number;
  }
  for (const Unit& known : kUnits) {
    if (known.field == field && known.name == unit) return number * known.factor;
  }
  return std::nullopt;
}

Result<FilterTermPtr> Parser::range(FilterField field, const std::string& text, std::size_t at) {
  auto term = std::make_shared<FilterTerm>();
  term->kind = FilterKind::Range;
  term->field = field;
  const auto dots = text.find("..");
  if (dots != std::string::npos) {
    bool isLowPercent = false;
    const auto low = amount(field, text.substr(0, dots), isLowPercent);
    const auto high = amount(field, text.substr(dots + 2), term->isPercent);
    if (low && high && isLowPercent == term->isPercent) {
      term->low = *low;
      term->high = *high;
      return FilterTermPtr(std::move(term));
    }
  } else if (text.front() == '>' || text.front() == '<') {
    if (const auto bound = amount(field, text.substr(1), term->isPercent)) {
      term->isOpen = true;
      (text.front() == '>' ? term->low : term->high) = *bound;
      return FilterTermPtr(std::move(term));
    }
  } else if (const auto exact = amount(field, text, term->isPercent)) {
    term->low = term->high = *exact;
    return FilterTermPtr(std::move(term));
  }
  return problemAt(at, rangeHint(field));
}

}  // namespace

Result<Filter> parseFilter(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace views::shared
