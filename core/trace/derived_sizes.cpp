// A candidate is a product of bases; dividing the observed values by it must leave the same number
// in every trace (or, for integers, a multiple of one expression plus a number). Shorter products
// come first, and symbols before expressions, so that the simplest form is found.

#include "core/trace/derived_sizes.h"

#include <algorithm>
#include <cmath>

#include "core/load/capture/size_expression.h"
#include "core/trace/fit_integer.h"

namespace core::trace {
namespace {

using Values = std::vector<std::int64_t>;

constexpr std::size_t kMaxExpressions = 24;
constexpr std::size_t kMaxFactors = 3;
constexpr std::int64_t kMaxMissing = 4;
constexpr double kMaxWhole = 1e15;
constexpr double kRounding = 1e-12;  ///< relative: a few operations on doubles

/// Calls `visit(factors)` with the indices of each product of up to kMaxFactors bases, until it
/// says true.
template <typename Visit>
bool anyProduct(std::size_t bases, const Visit& visit) {
  std::vector<std::vector<std::size_t>> products{{}};
  std::size_t begin = 0;
  for (std::size_t length = 0; length <= kMaxFactors; ++length) {
    const std::size_t end = products.size();
    for (std::size_t p = begin; p < end; ++p) {
      if (visit(products[p])) return true;
      if (length == kMaxFactors) continue;
      const std::size_t first = products[p].empty() ? 0 : products[p].back();
      for (std::size_t base = first; base < bases; ++base) {
        products.push_back(products[p]);
        products.back().push_back(base);
      }
    }
    begin = end;
  }
  return false;
}

std::optional<Values> quotients(const Values& observed, const std::vector<DerivedSize>& bases,
                                const std::vector<std::size_t>& factors) {
  Values rest = observed;
  for (const std::size_t factor : factors)
    for (std::size_t k = 0; k < rest.size(); ++k) {
      const std::int64_t value = bases[factor].values[k];
      if (value == 0 || rest[k] % value != 0) return std::nullopt;
      rest[k] /= value;
    }
  return rest;
}

bool allEqual(const Values& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](std::int64_t value) { return value == values.front(); });
}

bool isClose(double a, double b) {
  return std::abs(a - b) <= kRounding * std::max(std::abs(a), std::abs(b));
}

bool isWord(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}

std::string asFactor(const std::string& text) {
  return isWord(text) ? text : "(" + text + ")";
}

std::string productText(std::int64_t number, const std::vector<std::size_t>& factors,
                        const std::vector<DerivedSize>& bases, const std::string& last = {}) {
  if (number == 1 && factors.size() == 1 && last.empty()) return bases[factors.front()].text;
  std::string text = number == 1 ? "" : std::to_string(number);
  for (const std::size_t factor : factors)
    text += (text.empty() ? "" : "*") + asFactor(bases[factor].text);
  if (!last.empty()) text += (text.empty() ? "" : "*") + asFactor(last);
  return text;
}

/// "a*base + b" through all values, b not 0; empty if it does not fit.
std::string affineText(const Values& values, const DerivedSize& base) {
  const auto other = std::find_if(base.values.begin(), base.values.end(),
                                  [&](std::int64_t v) { return v != base.values.front(); });
  if (other == base.values.end()) return {};
  const auto at = static_cast<std::size_t>(other - base.values.begin());
  const std::int64_t run = *other - base.values.front();
  const std::int64_t rise = values[at] - values.front();
  if (rise == 0 || rise % run != 0) return {};
  const std::int64_t slope = rise / run;
  const std::int64_t constant = values.front() - slope * base.values.front();
  if (constant == 0) return {};  // a product, then
  for (std::size_t k = 0; k < values.size(); ++k)
    if (slope * base.values[k] + constant != values[k]) return {};
  std::string text = slope == 1    ? base.text
                     : slope == -1 ? "-" + asFactor(base.text)
                                   : std::to_string(slope) + "*" + asFactor(base.text);
  return text + (constant < 0 ? " - " : " + ") + std::to_string(std::abs(constant));
}

std::string realText(double value) {
  load::SizeTree tree;
  tree.kind = load::SizeTree::Kind::Real;
  tree.real = value;
  return load::sizeText(tree);
}

/// `factor` is the number that times (or over) the product gives the values; a whole number of it
/// goes into the divisor, as `1.0/(256*s0)`.
std::string quotientText(double factor, const std::string& divisor,
                         const std::vector<std::size_t>& factors,
                         const std::vector<DerivedSize>& bases) {
  const double inverse = std::round(1.0 / factor);
  if (!divisor.empty() || std::abs(factor) > 1 || std::abs(inverse) > kMaxWhole ||
      !isClose(1.0 / inverse, factor))
    return realText(factor) + "/" +
           (divisor.empty() ? asFactor(productText(1, factors, bases)) : divisor);
  const std::string whole = productText(static_cast<std::int64_t>(inverse), factors, bases);
  return "1.0/" + asFactor(whole);
}

double rounded(double value) {
  const double whole = std::round(value);
  return isClose(whole, value) ? whole : value;
}

/// The integers that these are but for rounding; empty if one is none.
std::optional<Values> wholeValues(const std::vector<double>& values) {
  Values whole;
  for (const double value : values) {
    const double nearest = std::round(value);
    if (!isClose(nearest, value) || std::abs(nearest) > kMaxWhole) return std::nullopt;
    whole.push_back(static_cast<std::int64_t>(nearest));
  }
  return whole;
}

/// The common value of `each(k)`; empty if they differ.
template <typename Each>
std::optional<double> common(std::size_t count, const Each& each) {
  const double first = each(0);
  if (!std::isfinite(first) || first == 0) return std::nullopt;
  for (std::size_t k = 1; k < count; ++k)
    if (!isClose(each(k), first)) return std::nullopt;
  return rounded(first);
}

/// The text of the first form that these values have with a product of bases.
std::string realFormText(const std::vector<double>& observed,
                         const std::vector<std::size_t>& factors,
                         const std::vector<DerivedSize>& bases) {
  std::vector<double> product(observed.size(), 1.0);
  for (const std::size_t factor : factors)
    for (std::size_t k = 0; k < product.size(); ++k)
      product[k] *= static_cast<double>(bases[factor].values[k]);
  const std::size_t n = observed.size();
  const std::string root = "sqrt(" + productText(1, factors, bases) + ")";
  if (const auto c = common(n, [&](std::size_t k) { return observed[k] * product[k]; }))
    return quotientText(*c, {}, factors, bases);
  if (const auto c = common(n, [&](std::size_t k) { return observed[k] / product[k]; }))
    return realText(*c) + "*" + productText(1, factors, bases);
  if (const auto c = common(n, [&](std::size_t k) { return observed[k] * std::sqrt(product[k]); }))
    return quotientText(*c, root, factors, bases);
  if (const auto c = common(n, [&](std::size_t k) { return observed[k] / std::sqrt(product[k]); }))
    return realText(*c) + "*" + root;
  return {};
}

}  // namespace

DerivedSizes::DerivedSizes(const std::vector<InputSymbol>& symbols,
                           const std::vector<std::string>& expressions,
                           const std::vector<std::vector<std::int64_t>>& assignments)
    : m_assignments(assignments) {
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    m_symbols.push_back(symbols[i].name);
    m_bases.push_back({symbols[i].name, {}});
    for (const Values& values : assignments) m_bases.back().values.push_back(values[i]);
  }
  for (const std::string& expression : expressions) {
    if (m_bases.size() >= m_symbols.size() + kMaxExpressions) return;
    DerivedSize derived{expression, {}};
    for (const Values& values : assignments) {
      load::SymbolHints hints;
      for (std::size_t i = 0; i < symbols.size(); ++i) hints[symbols[i].name] = values[i];
      if (const auto value = load::evaluateSize(expression, hints))
        derived.values.push_back(*value);
    }
    const bool isKnown =
        derived.values.size() != assignments.size() || fitInteger(derived.values, assignments) ||
        std::any_of(m_bases.begin(), m_bases.end(),
                    [&](const DerivedSize& other) { return other.values == derived.values; });
    if (!isKnown) m_bases.push_back(std::move(derived));
  }
}

DerivedFit DerivedSizes::fit(std::string text) const {
  DerivedFit found{std::move(text), std::vector<bool>(m_symbols.size(), false)};
  if (const auto tree = load::parseSize(found.text))
    load::forEachSymbol(*tree, [&](const std::string& name) {
      const auto symbol = std::find(m_symbols.begin(), m_symbols.end(), name);
      if (symbol != m_symbols.end())
        found.uses[static_cast<std::size_t>(symbol - m_symbols.begin())] = true;
    });
  return found;
}

std::optional<DerivedFit> DerivedSizes::integer(const std::vector<std::int64_t>& observed) const {
  std::string text;
  anyProduct(m_bases.size(), [&](const std::vector<std::size_t>& factors) {
    const auto rest = quotients(observed, m_bases, factors);
    if (!rest) return false;
    if (!factors.empty() && allEqual(*rest)) {
      text = productText(rest->front(), factors, m_bases);
      return true;
    }
    for (std::size_t base = m_symbols.size(); base < m_bases.size() && text.empty(); ++base)
      if (const std::string sum = affineText(*rest, m_bases[base]); !sum.empty())
        text = factors.empty() ? sum : productText(1, factors, m_bases, sum);
    return !text.empty();
  });
  return text.empty() ? std::nullopt : std::optional(fit(std::move(text)));
}

/// Any expression of the symbols, but no number; empty if there is none.
std::string DerivedSizes::sizeText(const Values& observed) const {
  if (allEqual(observed)) return {};
  if (const auto plain = fitInteger(observed, m_assignments)) return plain->text(m_symbols);
  const auto derived = integer(observed);
  return derived ? derived->text : std::string();
}

/// "size/base": what an image was enlarged by.
std::string DerivedSizes::ratioText(const std::vector<double>& observed) const {
  for (const DerivedSize& base : m_bases) {
    std::vector<double> products;
    for (std::size_t k = 0; k < observed.size(); ++k)
      products.push_back(observed[k] * static_cast<double>(base.values[k]));
    const auto whole = wholeValues(products);
    const std::string text = whole ? sizeText(*whole) : std::string();
    if (!text.empty()) return asFactor(text) + "/" + asFactor(base.text);
  }
  return {};
}

/// Degrees of freedom: what a mean took is missing.
std::string DerivedSizes::freedomText(const std::vector<double>& observed) const {
  for (const double numerator : {1.0, 2.0})
    for (std::int64_t missing = 1; missing <= kMaxMissing; ++missing) {
      std::vector<double> sizes;
      for (const double value : observed)
        sizes.push_back(numerator / value + static_cast<double>(missing));
      const auto whole = wholeValues(sizes);
      const auto product = whole ? fitInteger(*whole, m_assignments) : std::nullopt;
      if (product && product->isMonomial() && !product->isConstant())
        return realText(numerator) + "/(ToFloat(" + product->text(m_symbols) + ") - " +
               realText(static_cast<double>(missing)) + ")";
    }
  return {};
}

std::optional<DerivedFit> DerivedSizes::real(const std::vector<double>& observed) const {
  std::string text;
  anyProduct(m_bases.size(), [&](const std::vector<std::size_t>& factors) {
    if (!factors.empty()) text = realFormText(observed, factors, m_bases);
    return !text.empty();
  });
  if (text.empty()) text = ratioText(observed);
  if (text.empty()) text = freedomText(observed);
  return text.empty() ? std::nullopt : std::optional(fit(std::move(text)));
}

}  // namespace core::trace
