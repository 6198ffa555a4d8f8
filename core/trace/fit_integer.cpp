// Sizes, strides and element counts are products of input sizes and constants; padding and
// concatenation add constants. So: divide the observed values by each small product of symbols in
// turn, and read an affine sum off the quotients: the traces that move one symbol alone give its
// coefficient, the base trace the constant. The guess counts only if it gives all observed values,
// those of the traces that move every symbol at once among them; these refute s0 + 5 for 2*s0, or a
// sum for a product.

#include "core/trace/fit_integer.h"

#include <algorithm>

namespace core::trace {
namespace {

using Values = std::vector<std::int64_t>;

constexpr int kMaxDegree = 3;  ///< of the product in front of the sum

std::optional<std::int64_t> product(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional(result);
}

std::optional<std::int64_t> sum(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result);
}

std::optional<std::int64_t> productOfSymbols(const std::vector<int>& exponents,
                                             const Values& symbols) {
  std::optional<std::int64_t> value = 1;
  for (std::size_t i = 0; i < exponents.size(); ++i)
    for (int e = 0; e < exponents[i] && value; ++e) value = product(*value, symbols[i]);
  return value;
}

std::optional<std::int64_t> valueOf(const FittedInteger& fit, const Values& symbols) {
  std::optional<std::int64_t> total = fit.constant;
  for (std::size_t i = 0; i < symbols.size() && total; ++i) {
    const auto term = product(fit.coefficients[i], symbols[i]);
    total = term ? sum(*total, *term) : std::nullopt;
  }
  const auto factor = productOfSymbols(fit.exponents, symbols);
  return total && factor ? product(*total, *factor) : std::nullopt;
}

/// `observed` divided by the product of symbols; empty if a division leaves a rest.
std::optional<Values> quotients(const Values& observed, const std::vector<Values>& assignments,
                                const std::vector<int>& exponents) {
  Values result;
  for (std::size_t k = 0; k < observed.size(); ++k) {
    const auto factor = productOfSymbols(exponents, assignments[k]);
    if (!factor || *factor == 0 || observed[k] % *factor != 0) return std::nullopt;
    result.push_back(observed[k] / *factor);
  }
  return result;
}

/// The affine sum through the base and the traces that move one symbol.
std::optional<FittedInteger> affineThrough(const Values& values,
                                           const std::vector<Values>& assignments) {
  const std::size_t symbols = assignments.front().size();
  FittedInteger fit{std::vector<int>(symbols, 0), values.front(), Values(symbols, 0)};
  for (std::size_t i = 0; i < symbols; ++i) {
    std::int64_t rise = 0;
    const std::int64_t run = assignments[1 + i][i] - assignments[0][i];
    if (__builtin_sub_overflow(values[1 + i], values[0], &rise)) return std::nullopt;
    if (run == 0 || rise % run != 0) return std::nullopt;
    fit.coefficients[i] = rise / run;
    const auto term = product(-fit.coefficients[i], assignments[0][i]);
    const auto rest = term ? sum(fit.constant, *term) : std::nullopt;
    if (!rest) return std::nullopt;
    fit.constant = *rest;
  }
  return fit;
}

/// c*s times a product is c times a longer product.
void foldSingleTerm(FittedInteger& fit) {
  const auto isSet = [](std::int64_t c) { return c != 0; };
  const auto term = std::find_if(fit.coefficients.begin(), fit.coefficients.end(), isSet);
  if (fit.constant != 0 || std::count_if(term, fit.coefficients.end(), isSet) != 1) return;
  fit.constant = *term;
  *term = 0;
  ++fit.exponents[static_cast<std::size_t>(term - fit.coefficients.begin())];
}

/// Exponents of every product of up to kMaxDegree symbols, shorter products first.
std::vector<std::vector<int>> candidateProducts(std::size_t symbols) {
  std::vector<std::vector<int>> products{std::vector<int>(symbols, 0)};
  std::size_t begin = 0;
  for (int degree = 0; degree < kMaxDegree; ++degree) {
    const std::size_t end = products.size();
    for (std::size_t p = begin; p < end; ++p)
      for (std::size_t i = 0; i < symbols; ++i) {
        std::vector<int> longer = products[p];
        ++longer[i];
        if (std::find(products.begin(), products.end(), longer) == products.end())
          products.push_back(std::move(longer));
      }
    begin = end;
  }
  return products;
}

void appendTerm(std::string& text, std::int64_t factor, const std::string& symbols) {
  const bool isFirst = text.empty();
  if (!isFirst) text += factor < 0 ? " - " : " + ";
  const std::int64_t shown = isFirst ? factor : std::abs(factor);
  if (symbols.empty()) {
    text += std::to_string(shown);
    return;
  }
  if (shown == -1) text += "-";
  if (shown != 1 && shown != -1) text.append(std::to_string(shown)).append("*");
  text += symbols;
}

std::string productText(const std::vector<int>& exponents,
                        const std::vector<std::string>& symbols) {
  std::vector<std::string> factors;
  for (std::size_t i = 0; i < exponents.size(); ++i) {
    if (exponents[i] == 0) continue;
    factors.push_back(symbols[i]);
    if (exponents[i] > 1) factors.back().append("**").append(std::to_string(exponents[i]));
  }
  std::sort(factors.begin(), factors.end());
  std::string text;
  for (const std::string& factor : factors) {
    if (!text.empty()) text += "*";
    text += factor;
  }
  return text;
}

}  // namespace

bool FittedInteger::isMonomial() const {
  return derived.empty() && std::all_of(coefficients.begin(), coefficients.end(),
                                        [](std::int64_t c) { return c == 0; });
}

bool FittedInteger::uses(std::size_t symbol) const {
  return exponents[symbol] != 0 || coefficients[symbol] != 0;
}

bool FittedInteger::isConstant() const {
  for (std::size_t i = 0; i < exponents.size(); ++i)
    if (uses(i)) return false;
  return true;
}

std::string FittedInteger::text(const std::vector<std::string>& symbols) const {
  if (!derived.empty()) return derived;
  const std::string factor = productText(exponents, symbols);
  std::string result;
  if (isMonomial()) {
    appendTerm(result, constant, factor);
    return result;
  }
  for (std::size_t i = 0; i < coefficients.size(); ++i)
    if (coefficients[i] != 0) appendTerm(result, coefficients[i], symbols[i]);
  if (constant != 0) appendTerm(result, constant, {});
  if (factor.empty()) return result;
  return std::string(factor).append("*(").append(result).append(")");
}

std::optional<FittedInteger> fitInteger(const std::vector<std::int64_t>& observed,
                                        const std::vector<std::vector<std::int64_t>>& assignments) {
  const std::size_t symbols = assignments.front().size();
  if (std::all_of(observed.begin(), observed.end(),
                  [&](std::int64_t value) { return value == observed.front(); }))
    return FittedInteger{std::vector<int>(symbols, 0), observed.front(), Values(symbols, 0)};
  for (const std::vector<int>& exponents : candidateProducts(symbols)) {
    const auto values = quotients(observed, assignments, exponents);
    auto fit = values ? affineThrough(*values, assignments) : std::nullopt;
    if (!fit) continue;
    fit->exponents = exponents;
    bool isRight = true;
    for (std::size_t k = 0; k < observed.size() && isRight; ++k)
      isRight = valueOf(*fit, assignments[k]) == observed[k];
    if (!isRight) continue;
    foldSingleTerm(*fit);
    return fit;
  }
  return std::nullopt;
}

}  // namespace core::trace
