// Which sizes to trace at. They must tell apart what is equal by chance at the example sizes, and
// move every expression of the program: a size that a strided window rounds to the same length
// would look like a number.

#include <algorithm>
#include <set>

#include "core/load/capture/size_expression.h"
#include "core/trace/symbolic_inputs.h"

namespace core::trace {
namespace {

constexpr std::int64_t kSearchWidth = 4096;  ///< candidates tried above the smallest size

/// The smallest size in the symbol's range that `isGood` accepts.
template <typename Predicate>
std::optional<std::int64_t> smallestSize(const InputSymbol& symbol, Predicate&& isGood) {
  const std::int64_t floor = std::max<std::int64_t>(2, symbol.min);
  const std::int64_t first =
      floor + ((symbol.hint - floor) % symbol.step + symbol.step) % symbol.step;
  const std::int64_t last = symbol.max - first > kSearchWidth ? first + kSearchWidth : symbol.max;
  for (std::int64_t size = first; size <= last; size += symbol.step)
    if (isGood(size)) return size;
  return std::nullopt;
}

/// The program's expressions at tried sizes of one symbol.
class ExpressionProbe {
 public:
  ExpressionProbe(const SymbolicInputs& found, std::size_t symbol)
      : m_symbol(found.symbols[symbol].name) {
    for (const InputSymbol& other : found.symbols) m_hints[other.name] = other.hint;
    for (const std::string& text : found.expressions)
      if (auto tree = load::parseSize(text); tree && mentions(*tree, m_symbol))
        m_seen.push_back({*std::move(tree), {}});
    note(found.symbols[symbol].hint);
  }

  /// All have values of 2 or more that they had at no size noted before.
  bool isGood(std::int64_t size) {
    m_hints[m_symbol] = size;
    return std::all_of(m_seen.begin(), m_seen.end(), [&](const Seen& seen) {
      const auto value = load::evaluateSize(seen.tree, m_hints);
      return value && *value >= 2 && !seen.values.contains(*value);
    });
  }

  void note(std::int64_t size) {
    m_hints[m_symbol] = size;
    for (Seen& seen : m_seen)
      if (const auto value = load::evaluateSize(seen.tree, m_hints)) seen.values.insert(*value);
  }

 private:
  struct Seen {
    load::SizeTree tree;
    std::set<std::int64_t> values;
  };

  static bool mentions(const load::SizeTree& tree, const std::string& symbol) {
    bool found = false;
    load::forEachSymbol(tree, [&](const std::string& name) { found = found || name == symbol; });
    return found;
  }

  std::string m_symbol;
  load::SymbolHints m_hints;
  std::vector<Seen> m_seen;
};

/// A size that stands apart from all in `taken`, and moves all expressions; in a narrow range just
/// one that is not in `used`. It is taken and used then.
std::optional<std::int64_t> takeSize(const InputSymbol& symbol, ExpressionProbe& probe,
                                     std::set<std::int64_t>& taken, std::set<std::int64_t>& used) {
  const auto standsApart = [&](std::int64_t candidate) {
    const auto divides = [&](std::int64_t other) {
      if (other == candidate || (other > 1 && other % candidate == 0)) return true;
      return other > 1 && symbol.step % other != 0 && candidate % other == 0;
    };
    return candidate > 2 && std::none_of(taken.begin(), taken.end(), divides);
  };
  auto size = smallestSize(symbol, [&](std::int64_t candidate) {
    return standsApart(candidate) && probe.isGood(candidate);
  });
  if (!size) size = smallestSize(symbol, standsApart);
  if (!size)
    size = smallestSize(symbol, [&](std::int64_t candidate) { return !used.contains(candidate); });
  if (!size) return std::nullopt;
  taken.insert(*size);
  used.insert(*size);
  probe.note(*size);
  return size;
}

/// A number that the expression is never below; empty if that is not plain from its form.
std::optional<std::int64_t> leastValue(const load::SizeTree& tree,
                                       const std::vector<InputSymbol>& symbols) {
  if (tree.kind == load::SizeTree::Kind::Integer) return tree.integer;
  if (tree.kind == load::SizeTree::Kind::Symbol) {
    const auto found = std::find_if(symbols.begin(), symbols.end(),
                                    [&](const InputSymbol& s) { return s.name == tree.name; });
    return found != symbols.end() ? std::optional(found->min) : std::nullopt;
  }
  if (tree.args.size() != 2) return std::nullopt;
  const auto left = leastValue(tree.args[0], symbols);
  const auto right = leastValue(tree.args[1], symbols);
  if (!left || !right) return std::nullopt;
  std::int64_t least = 0;
  if (tree.name == "+")
    return __builtin_add_overflow(*left, *right, &least) ? std::nullopt : std::optional(least);
  if (tree.name == "*" && *left >= 0 && *right >= 0)
    return __builtin_mul_overflow(*left, *right, &least) ? std::nullopt : std::optional(least);
  const bool isNumber = tree.args[1].kind == load::SizeTree::Kind::Integer;
  if (tree.name == "//" && *left >= 0 && *right > 0 && isNumber) return *left / *right;
  return std::nullopt;
}

}  // namespace

std::vector<std::vector<std::int64_t>> symbolAssignments(const SymbolicInputs& found,
                                                         const TracedInputs& inputs,
                                                         std::size_t& tooNarrow) {
  const std::vector<InputSymbol>& symbols = found.symbols;
  std::set<std::int64_t> taken;
  for (const Primal& primal : inputs.primals)
    for (const std::int64_t size : primal.meta.sizeHints()) taken.insert(size);
  std::vector<std::int64_t> hints;
  for (const InputSymbol& symbol : symbols) hints.push_back(symbol.hint);

  std::vector<std::vector<std::int64_t>> assignments(symbols.size() + 3, hints);
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    std::set<std::int64_t> used{symbols[i].hint};
    ExpressionProbe probe(found, i);
    for (const std::size_t k : {1 + i, symbols.size() + 1, symbols.size() + 2}) {
      const auto size = takeSize(symbols[i], probe, taken, used);
      if (!size) {
        tooNarrow = i;
        return {};
      }
      assignments[k][i] = *size;
    }
  }
  return assignments;
}

std::vector<std::string> unboundedSizes(const SymbolicInputs& found) {
  std::vector<std::string> sizes;
  for (const std::string& text : found.expressions) {
    const auto tree = load::parseSize(text);
    load::SymbolHints hints;
    for (const InputSymbol& symbol : found.symbols) hints[symbol.name] = symbol.hint;
    const auto value = tree ? load::evaluateSize(*tree, hints) : std::nullopt;
    if (!value || *value < 2) continue;
    const auto least = leastValue(*tree, found.symbols);
    if (!least || *least < 2) sizes.push_back(text);
  }
  return sizes;
}

}  // namespace core::trace
