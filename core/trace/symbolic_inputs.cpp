// A dimension counts as a symbol only where the program gives it as a single symbol: then the graph
// can read it back from the input. Everything else about an input must be plain: its memory is its
// own and dense, so that strides follow from sizes.

#include "core/trace/symbolic_inputs.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <set>

#include "core/load/capture/size_expression.h"

namespace core::trace {
namespace {

constexpr std::int64_t kLargestRange = std::int64_t{1} << 40;  ///< a larger end is no end

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

/// The symbol that a dimension with this recorded size has.
std::optional<std::size_t> findDimension(const std::vector<InputSymbol>& symbols,
                                         const std::string& recorded) {
  for (std::size_t i = 0; i < symbols.size(); ++i)
    if ((symbols[i].recorded.empty() ? symbols[i].name : symbols[i].recorded) == recorded) return i;
  return std::nullopt;
}

/// factor*symbol + constant.
struct AffineSize {
  std::string symbol;
  std::int64_t factor = 1;
  std::int64_t constant = 0;

  /// (size - constant)//factor, the symbol's value.
  load::SizeTree inverse(const std::string& size) const {
    const std::string shifted =
        constant == 0 ? size : "(" + size + " + " + std::to_string(-constant) + ")";
    return *load::parseSize(shifted + "//" + std::to_string(factor));
  }
};

/// Empty for an expression of another form.
std::optional<AffineSize> affineSize(const std::string& expression) {
  const auto tree = load::parseSize(expression);
  std::set<std::string> symbols;
  if (tree) load::forEachSymbol(*tree, [&](const std::string& name) { symbols.insert(name); });
  if (symbols.size() != 1) return std::nullopt;
  const std::string& symbol = *symbols.begin();
  const auto at = [&](std::int64_t value) { return load::evaluateSize(*tree, {{symbol, value}}); };
  // Through two points; two more refute a quotient or a power.
  const auto first = at(0);
  const auto second = at(1);
  if (!first || !second || *second <= *first) return std::nullopt;
  const AffineSize affine{symbol, *second - *first, *first};
  for (const std::int64_t probe : {7, 4096})
    if (at(probe) != affine.factor * probe + affine.constant) return std::nullopt;
  return affine;
}

/// Reads the inputs of a program, and sorts its symbols into those to fit and the others.
class Finder {
 public:
  Finder(const load::LoadedModel& model, const TracedInputs& inputs)
      : m_model(model), m_inputs(inputs) {}

  SymbolicInputs find() {
    forEachSymbolicSize([&](const std::string& expression, std::size_t primal, std::size_t d) {
      if (isSymbolName(expression)) addSymbol(symbolAt(expression, primal, d));
    });
    forEachSymbolicSize([&](const std::string& expression, std::size_t primal, std::size_t d) {
      if (!isSymbolName(expression)) readExpression(expression, primal, d);
    });
    for (const auto& [name, range] : m_model.program.rangeConstraints)
      if (!findSymbol(m_result.symbols, name) && !m_refused.contains(name) &&
          !m_replaced.contains(name))
        m_refused[name] = "no input has a dimension of just this size";
    for (std::size_t i = m_result.symbols.size(); i-- > 0;) checkSymbol(i);
    findExpressions();
    for (const auto& [name, reason] : m_refused)
      m_result.specialised.push_back({name, reason, valueOf(name)});
    return std::move(m_result);
  }

 private:
  /// `visit(expression, primal, dimension)` for each symbolic size of an input.
  template <typename Visit>
  void forEachSymbolicSize(Visit&& visit) const {
    for (std::size_t k = 0; k < m_inputs.bindings.size(); ++k) {
      const ir::TensorMeta* recorded = recordedMeta(m_model, k);
      if (!recorded || m_inputs.bindings[k].primal < 0) continue;
      for (std::size_t d = 0; d < recorded->sizes.size(); ++d)
        if (recorded->sizes[d].isSymbolic())
          visit(recorded->sizes[d].expression(),
                static_cast<std::size_t>(m_inputs.bindings[k].primal), d);
    }
  }

  InputSymbol symbolAt(const std::string& name, std::size_t primal, std::size_t dimension) const {
    InputSymbol symbol{name,   m_inputs.primals[primal].meta.sizes[dimension].hint(),
                       2,      std::numeric_limits<std::int64_t>::max(),
                       primal, static_cast<int>(dimension)};
    const auto range = m_model.program.rangeConstraints.find(name);
    if (range != m_model.program.rangeConstraints.end()) {
      symbol.min = std::max<std::int64_t>(2, range->second.min.value_or(2));
      symbol.max = range->second.max.value_or(symbol.max);
    }
    return symbol;
  }

  void addSymbol(InputSymbol symbol) {
    const std::string name = symbol.name;
    m_values.emplace(name, symbol.hint);
    refuseLayout(name, symbol.primal);
    if (const auto known = findSymbol(m_result.symbols, name)) {
      if (m_result.symbols[*known].hint != symbol.hint)
        m_refused[name] = "the inputs give it two sizes";
      return;
    }
    m_result.symbols.push_back(std::move(symbol));
  }

  /// A size that is more than a symbol: its symbols are known from other dimensions, or the
  /// dimension gets a symbol of its own.
  void readExpression(const std::string& expression, std::size_t primal, std::size_t dimension) {
    const auto sameSize = [&](const InputSymbol& symbol) { return symbol.recorded == expression; };
    const auto& symbols = m_result.symbols;
    if (const auto known = std::find_if(symbols.begin(), symbols.end(), sameSize);
        known != symbols.end()) {
      InputSymbol again = *known;
      again.hint = m_inputs.primals[primal].meta.sizes[dimension].hint();
      again.primal = primal;
      return addSymbol(std::move(again));
    }
    const auto affine = affineSize(expression);
    const bool isOwn = affine && affine->factor > 0 && !findSymbol(symbols, affine->symbol) &&
                       !m_replaced.contains(affine->symbol);
    if (isOwn) return addOwnSymbol(expression, *affine, primal, dimension);
    refuseAll(expression);
  }

  void addOwnSymbol(const std::string& expression, const AffineSize& affine, std::size_t primal,
                    std::size_t dimension) {
    const InputSymbol inner = symbolAt(affine.symbol, primal, dimension);
    InputSymbol symbol = inner;
    symbol.name = freshName();
    symbol.step = affine.factor;
    symbol.recorded = expression;
    symbol.min = std::max<std::int64_t>(2, affine.factor * inner.min + affine.constant);
    if (inner.max <= kLargestRange) symbol.max = affine.factor * inner.max + affine.constant;
    m_replaced[affine.symbol] = affine.inverse(symbol.name);
    addSymbol(std::move(symbol));
  }

  /// "s0" or the next that neither the program nor another input uses.
  std::string freshName() const {
    for (int number = 0;; ++number) {
      const std::string name = "s" + std::to_string(number);
      if (!m_model.program.rangeConstraints.contains(name) && !m_values.contains(name)) return name;
    }
  }

  void refuseLayout(const std::string& name, std::size_t primal) {
    const Primal& mine = m_inputs.primals[primal];
    const auto sharing = [&](const Primal& other) { return other.storage == mine.storage; };
    if (std::count_if(m_inputs.primals.begin(), m_inputs.primals.end(), sharing) > 1)
      m_refused[name] = "an input of this size shares its memory with another";
    if (!denseOrder(mine.meta)) m_refused[name] = "an input of this size is not dense in memory";
  }

  void findExpressions() {
    const load::ExportGraph& graph = m_model.program.graph;
    const auto add = [&](const ir::Size& size) {
      const std::string text = inOwnSymbols(size.expression());
      if (text.empty() || isSymbolName(text)) return;
      if (std::find(m_result.expressions.begin(), m_result.expressions.end(), text) ==
          m_result.expressions.end())
        m_result.expressions.push_back(text);
    };
    for (const auto& [name, tensor] : graph.tensors)
      for (const ir::Size& size : tensor.meta.sizes) add(size);
    for (const auto& [name, size] : graph.symInts) add(size);
  }

  /// The expression with the symbols of inputs for those of the program that they replace.
  std::string inOwnSymbols(const std::string& expression) const {
    auto tree = m_replaced.empty() ? std::nullopt : load::parseSize(expression);
    if (!tree) return expression;
    replaceSymbols(*tree);
    return load::sizeText(*tree);
  }

  void replaceSymbols(load::SizeTree& tree) const {
    for (load::SizeTree& argument : tree.args) replaceSymbols(argument);
    const auto found = m_replaced.find(tree.name);
    if (tree.kind == load::SizeTree::Kind::Symbol && found != m_replaced.end())
      tree = found->second;
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
  std::map<std::string, std::int64_t> m_values;      ///< of the symbols that an input has
  std::map<std::string, load::SizeTree> m_replaced;  ///< by the program's symbol
};

}  // namespace

void SymbolicInputs::specialise(std::size_t index, std::string reason, std::string source) {
  specialised.push_back(
      {symbols[index].name, std::move(reason), symbols[index].hint, std::move(source)});
  symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(index));
}

SymbolicInputs symbolicInputs(const load::LoadedModel& model, const TracedInputs& inputs) {
  return Finder(model, inputs).find();
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
      if (const auto symbol = findDimension(symbols, recorded->sizes[d].expression())) {
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
