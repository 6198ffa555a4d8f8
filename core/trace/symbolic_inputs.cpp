// A dimension counts as a symbol only where the program gives it as a single symbol: then the graph
// can read it back from the input. Everything else about an input must be plain: its memory is its
// own and dense, so that strides follow from sizes.

#include "core/trace/symbolic_inputs.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <set>

namespace core::trace {
namespace {

constexpr std::int64_t kSearchWidth = 4096;  ///< candidates tried above the smallest size

/// The program's record of the tensor that is bound to a primal; null for numbers.
const ir::TensorMeta* recordedMeta(const load::LoadedModel& model, std::size_t input) {
  const auto& graph = model.program.graph;
  const auto* name = std::get_if<load::TensorName>(&graph.inputs[input]);
  if (!name) return nullptr;
  const auto found = graph.tensors.find(name->name);
  return found == graph.tensors.end() ? nullptr : &found->second.meta;
}

bool isSymbolName(const std::string& expression) {
  return !expression.empty() && std::all_of(expression.begin(), expression.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}

/// Dimensions from the outermost in memory to the innermost; empty if elements overlap or leave
/// gaps.
std::optional<std::vector<std::size_t>> denseOrder(const ir::TensorMeta& meta) {
  std::vector<std::size_t> order(meta.sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return meta.strides[a].hint() > meta.strides[b].hint();
  });
  std::int64_t expected = 1;
  for (auto d = order.rbegin(); d != order.rend(); ++d) {
    if (meta.sizes[*d].hint() != 1 && meta.strides[*d].hint() != expected) return std::nullopt;
    expected *= meta.sizes[*d].hint();
  }
  return order;
}

std::optional<std::size_t> findSymbol(const std::vector<InputSymbol>& symbols,
                                      const std::string& name) {
  for (std::size_t i = 0; i < symbols.size(); ++i)
    if (symbols[i].name == name) return i;
  return std::nullopt;
}

/// Reads the inputs of a program, and sorts its symbols into those to fit and the others.
class Finder {
 public:
  Finder(const load::LoadedModel& model, const TracedInputs& inputs)
      : m_model(model), m_inputs(inputs) {}

  SymbolicInputs find() {
    for (std::size_t k = 0; k < m_inputs.bindings.size(); ++k)
      if (const ir::TensorMeta* recorded = recordedMeta(m_model, k))
        if (m_inputs.bindings[k].primal >= 0)
          readInput(*recorded, static_cast<std::size_t>(m_inputs.bindings[k].primal));
    for (const auto& [name, range] : m_model.program.rangeConstraints)
      if (!findSymbol(m_result.symbols, name) && !m_refused.contains(name))
        m_refused[name] = "no input has a dimension of just this size";
    for (std::size_t i = m_result.symbols.size(); i-- > 0;) checkSymbol(i);
    for (const auto& [name, reason] : m_refused)
      m_result.specialised.push_back({name, reason, valueOf(name)});
    return std::move(m_result);
  }

 private:
  void readInput(const ir::TensorMeta& recorded, std::size_t primal) {
    const ir::TensorMeta& actual = m_inputs.primals[primal].meta;
    for (std::size_t d = 0; d < recorded.sizes.size(); ++d) {
      if (!recorded.sizes[d].isSymbolic()) continue;
      const std::string expression = recorded.sizes[d].expression();
      if (isSymbolName(expression)) {
        addSymbol(expression, actual.sizes[d].hint(), primal, static_cast<int>(d));
        refuseLayout(expression, primal);
      } else {
        refuseAll(expression);
      }
    }
  }

  void addSymbol(const std::string& name, std::int64_t size, std::size_t primal, int dimension) {
    m_values.emplace(name, size);
    if (const auto known = findSymbol(m_result.symbols, name)) {
      if (m_result.symbols[*known].hint != size) m_refused[name] = "the inputs give it two sizes";
      return;
    }
    InputSymbol symbol{name, size, 2, std::numeric_limits<std::int64_t>::max(), primal, dimension};
    const auto range = m_model.program.rangeConstraints.find(name);
    if (range != m_model.program.rangeConstraints.end()) {
      symbol.min = std::max<std::int64_t>(2, range->second.min.value_or(2));
      symbol.max = range->second.max.value_or(symbol.max);
    }
    m_result.symbols.push_back(std::move(symbol));
  }

  void refuseLayout(const std::string& name, std::size_t primal) {
    const Primal& mine = m_inputs.primals[primal];
    const auto sharing = [&](const Primal& other) { return other.storage == mine.storage; };
    if (std::count_if(m_inputs.primals.begin(), m_inputs.primals.end(), sharing) > 1)
      m_refused[name] = "an input of this size shares its memory with another";
    if (!denseOrder(mine.meta)) m_refused[name] = "an input of this size is not dense in memory";
  }

  /// Every symbol in an expression that is more than a symbol.
  void refuseAll(const std::string& expression) {
    std::string word;
    for (const char c : expression + " ") {
      if (isSymbolName(std::string(1, c))) {
        word += c;
        continue;
      }
      if (!word.empty() && !(word.front() >= '0' && word.front() <= '9'))
        m_refused.try_emplace(word, "an input has the size " + expression);
      word.clear();
    }
  }

  std::optional<std::int64_t> valueOf(const std::string& symbol) const {
    const auto found = m_values.find(symbol);
    return found == m_values.end() ? std::nullopt : std::optional(found->second);
  }

  void checkSymbol(std::size_t i) {
    const InputSymbol& symbol = m_result.symbols[i];
    if (symbol.hint < 2)
      m_refused.try_emplace(symbol.name, "sizes below 2 are treated apart by operators");
    if (m_refused.contains(symbol.name))
      m_result.symbols.erase(m_result.symbols.begin() + static_cast<std::ptrdiff_t>(i));
  }

  const load::LoadedModel& m_model;
  const TracedInputs& m_inputs;
  SymbolicInputs m_result;
  std::map<std::string, std::string> m_refused;
  std::map<std::string, std::int64_t> m_values;  ///< of the symbols that an input has
};

/// The smallest size in the symbol's range that `isGood` accepts.
template <typename Predicate>
std::optional<std::int64_t> smallestSize(const InputSymbol& symbol, Predicate&& isGood) {
  const std::int64_t first = std::max<std::int64_t>(2, symbol.min);
  const std::int64_t last = symbol.max - first > kSearchWidth ? first + kSearchWidth : symbol.max;
  for (std::int64_t size = first; size <= last; ++size)
    if (isGood(size)) return size;
  return std::nullopt;
}

/// A size that stands apart from all in `taken`; in a narrow range just one that is not in `used`.
/// It is taken and used then.
std::optional<std::int64_t> takeSize(const InputSymbol& symbol, std::set<std::int64_t>& taken,
                                     std::set<std::int64_t>& used) {
  auto size = smallestSize(symbol, [&](std::int64_t candidate) {
    return candidate > 2 && std::none_of(taken.begin(), taken.end(), [&](std::int64_t other) {
             return other > 1 && (candidate % other == 0 || other % candidate == 0);
           });
  });
  if (!size)
    size = smallestSize(symbol, [&](std::int64_t candidate) { return !used.contains(candidate); });
  if (!size) return std::nullopt;
  taken.insert(*size);
  used.insert(*size);
  return size;
}

}  // namespace

void SymbolicInputs::specialise(std::size_t index, std::string reason, std::string source) {
  specialised.push_back(
      {symbols[index].name, std::move(reason), symbols[index].hint, std::move(source)});
  symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(index));
}

SymbolicInputs symbolicInputs(const load::LoadedModel& model, const TracedInputs& inputs) {
  return Finder(model, inputs).find();
}

std::vector<std::vector<std::int64_t>> symbolAssignments(const std::vector<InputSymbol>& symbols,
                                                         const TracedInputs& inputs,
                                                         std::size_t& tooNarrow) {
  std::set<std::int64_t> taken;
  for (const Primal& primal : inputs.primals)
    for (const std::int64_t size : primal.meta.sizeHints()) taken.insert(size);
  std::vector<std::int64_t> hints;
  for (const InputSymbol& symbol : symbols) hints.push_back(symbol.hint);

  std::vector<std::vector<std::int64_t>> assignments(symbols.size() + 3, hints);
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    std::set<std::int64_t> used{symbols[i].hint};
    for (const std::size_t k : {1 + i, symbols.size() + 1, symbols.size() + 2}) {
      const auto size = takeSize(symbols[i], taken, used);
      if (!size) {
        tooNarrow = i;
        return {};
      }
      assignments[k][i] = *size;
    }
  }
  return assignments;
}

TracedInputs resized(const load::LoadedModel& model, const TracedInputs& inputs,
                     const std::vector<InputSymbol>& symbols,
                     const std::vector<std::int64_t>& values) {
  TracedInputs result = inputs;
  for (std::size_t k = 0; k < result.bindings.size(); ++k) {
    const ir::TensorMeta* recorded = recordedMeta(model, k);
    if (!recorded || result.bindings[k].primal < 0) continue;
    ir::TensorMeta& meta = result.primals[static_cast<std::size_t>(result.bindings[k].primal)].meta;
    const auto order = denseOrder(meta);
    bool isChanged = false;
    for (std::size_t d = 0; d < recorded->sizes.size(); ++d)
      if (const auto symbol = findSymbol(symbols, recorded->sizes[d].expression())) {
        meta.sizes[d] = values[*symbol];
        isChanged = true;
      }
    if (!isChanged || !order) continue;
    std::int64_t stride = 1;
    for (auto d = order->rbegin(); d != order->rend(); ++d) {
      meta.strides[*d] = stride;
      stride *= meta.sizes[*d].hint();
    }
  }
  return result;
}

}  // namespace core::trace
