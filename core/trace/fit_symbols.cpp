// A trace with plain integers cannot say which 6 was the batch. Several traces can: where the
// graphs are equal but for integers, an integer that moves with the inputs' sizes is an expression
// of them (fit_integer.h), and one that stays is a constant. Real symbolic tracing would need every
// shape function in symbols; this needs none, costs a few more traces, and proves less: the graph
// is what the traced sizes agree on.
//
// Arguments that move need values in the graph. Which tensor a size is read from is PyTorch's
// choice (size_objects.h). As there, the size of an input is read right after the first call that
// reads the input, or before the first use if that comes earlier; the size of another tensor right
// after the call that makes it; products and sums are made before their first use. Nodes that
// nobody needs are not made.

#include "core/trace/fit_symbols.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <variant>

#include "core/base/check.h"
#include "core/ir/graph_builder.h"
#include "core/trace/expression_nodes.h"
#include "core/trace/node_names.h"
#include "core/trace/sample_fitter.h"
#include "core/trace/size_objects.h"
#include "core/trace/symbolic_metadata.h"

namespace core::trace {
namespace {

using ir::Argument;

load::SymbolHints hintsOf(const std::vector<InputSymbol>& symbols) {
  load::SymbolHints hints;
  for (const InputSymbol& symbol : symbols) hints.emplace(symbol.name, symbol.hint);
  return hints;
}

/// Copies the graph of the first sample, fitting as it goes.
class SymbolicCopy {
 public:
  SymbolicCopy(const std::vector<InputSymbol>& symbols, const std::vector<SymbolSample>& samples,
               SampleFitter& fitter)
      : m_symbols(symbols),
        m_samples(samples),
        m_fitter(fitter),
        m_expressions(m_builder, m_names, hintsOf(symbols)) {
    for (const ir::Node& node : base().nodes()) m_names.fresh(node.name);
    m_placed.resize(base().size());
  }

  /// Null if the fitter failed.
  ir::GraphPtr copy(const std::vector<int>& sizesFrom) {
    m_fitter.requireSameGraphs(graphs());
    if (m_fitter.failure()) return nullptr;
    m_objects.emplace(graphs(), sizesFrom);
    findNeededSizes();
    for (const ir::Node& node : base().nodes()) {
      if (m_fitter.failure()) return nullptr;
      if (node.kind == ir::NodeKind::Output) {
        finishOutputs(node);
      } else {
        copyNode(node);
      }
    }
    return m_fitter.failure() ? nullptr : std::move(m_builder).freeze();
  }

 private:
  const ir::Graph& graph(std::size_t sample) const { return *m_samples[sample].joint->graph; }
  const ir::Graph& base() const { return graph(0); }
  std::vector<const ir::Graph*> graphs() const {
    std::vector<const ir::Graph*> all;
    for (std::size_t k = 0; k < m_samples.size(); ++k) all.push_back(&graph(k));
    return all;
  }

  /// An argument as every sample has it.
  using Seen = std::vector<const Argument*>;

  Seen seenArgument(std::size_t node, std::size_t index) const {
    Seen seen;
    for (std::size_t k = 0; k < m_samples.size(); ++k)
      seen.push_back(&graph(k).nodes()[node].args[index]);
    return seen;
  }
  Seen seenKeyword(std::size_t node, std::size_t index) const {
    Seen seen;
    for (std::size_t k = 0; k < m_samples.size(); ++k)
      seen.push_back(&graph(k).nodes()[node].kwargs[index].second);
    return seen;
  }
  static Seen element(const Seen& lists, std::size_t index) {
    Seen seen;
    for (const Argument* list : lists) seen.push_back(&list->list()[index]);
    return seen;
  }

  /// `replace(fit, n)` for every integer of an argument, the n-th of its node, and
  /// `replaceReal(fit)` for every fraction that moves; nodes are mapped to their copies.
  template <typename Replace, typename ReplaceReal>
  Argument rebuilt(const Seen& seen, Replace&& replace, ReplaceReal&& replaceReal) {
    const Argument& mine = *seen.front();
    if (mine.integer()) {
      std::vector<std::int64_t> numbers;
      for (const Argument* argument : seen) numbers.push_back(*argument->integer());
      return replace(m_fitter.integer(numbers), m_integer++);
    }
    if (std::holds_alternative<double>(mine.value)) {
      std::vector<double> numbers;
      for (const Argument* argument : seen) numbers.push_back(*argument->number());
      if (isConstant(numbers)) return mine;
      const DerivedFit fit = m_fitter.real(numbers);
      return fit.text.empty() ? mine : replaceReal(fit);
    }
    if (mine.isNode()) return m_placed[mine.node().index];
    if (!mine.isList()) return mine;
    Argument::List list;
    for (std::size_t i = 0; i < mine.list().size(); ++i)
      list.push_back(rebuilt(element(seen, i), replace, replaceReal));
    return list;
  }

  /// The same trace may divide by zero at every size, so that two nan are one number.
  static bool isConstant(const std::vector<double>& numbers) {
    return std::all_of(numbers.begin(), numbers.end(), [&](double number) {
      return number == numbers.front() || (std::isnan(number) && std::isnan(numbers.front()));
    });
  }

  template <typename Replace, typename ReplaceReal>
  void rebuildArguments(ir::Node& node, Replace&& replace, ReplaceReal&& replaceReal) {
    const std::size_t n = node.id.index;
    m_integer = 0;
    m_fitter.at("an argument of " + placeOf(node), sourceOf(node));
    for (std::size_t i = 0; i < node.args.size(); ++i)
      node.args[i] = rebuilt(seenArgument(n, i), replace, replaceReal);
    for (std::size_t i = 0; i < node.kwargs.size(); ++i)
      node.kwargs[i].second = rebuilt(seenKeyword(n, i), replace, replaceReal);
  }

  void findNeededSizes() {
    m_sizeNodes.resize(m_objects->size());
    m_reads.resize(base().size());
    std::set<SizeId> needed;
    for (const ir::Node& node : base().nodes()) {
      if (!node.isCall()) continue;
      ir::Node scratch = node;
      rebuildArguments(
          scratch,
          [&](const FittedInteger& fit, std::size_t n) {
            if (!fit.isConstant()) need(m_objects->argument(node.id, n), fit, needed);
            return Argument(fit.constant);
          },
          [&](const DerivedFit& fit) {
            forEachSize(*load::parseSize(fit.text), node, [&](SizeId id) { needed.insert(id); });
            return Argument();
          });
    }
    for (const SizeId id : needed) m_reads[(*m_objects)[id].source.index].push_back(id);
  }

  void need(SizeId id, const FittedInteger& fit, std::set<SizeId>& needed) const {
    const SizeObject& object = (*m_objects)[id];
    switch (object.kind) {
      case SizeObject::Kind::Read: needed.insert(id); return;
      case SizeObject::Kind::Product:
        for (const SizeObject::Factor& factor : object.factors)
          if (factor.size != kFixed)
            need(factor.size, m_fitter.integer((*m_objects)[factor.size].values), needed);
        return;
      case SizeObject::Kind::Formula:
        for (std::size_t i = 0; i < m_symbols.size(); ++i)
          if (fit.uses(i)) needed.insert(symbolSize(i));
    }
  }

  SizeId symbolSize(std::size_t symbol) const {
    const InputSymbol& s = m_symbols[symbol];
    return m_objects->ofPlaceholder(base().placeholders()[s.primal], s.dimension);
  }

  SizeId sizeNamed(const std::string& symbol) const {
    const auto found = std::find_if(m_symbols.begin(), m_symbols.end(),
                                    [&](const InputSymbol& s) { return s.name == symbol; });
    return symbolSize(static_cast<std::size_t>(found - m_symbols.begin()));
  }

  void copyNode(const ir::Node& node) {
    ir::Node made = node;
    if (node.kind == ir::NodeKind::Call)
      rebuildArguments(
          made,
          [&](const FittedInteger& fit, std::size_t n) {
            if (fit.isConstant()) return Argument(fit.constant);
            return Argument(sizeNode(m_objects->argument(node.id, n), node));
          },
          [&](const DerivedFit& fit) { return Argument(fractionNode(fit.text, node)); });
    std::vector<const ir::ValueMeta*> values;
    for (std::size_t k = 0; k < m_samples.size(); ++k)
      values.push_back(&*graph(k).nodes()[node.id.index].value);
    m_fitter.at("the result of " + placeOf(node), sourceOf(node));
    made.value = m_fitter.value(values);
    m_placed[node.id.index] = m_builder.addCopy(made, [](ir::NodeId id) { return id; });
    if (node.kind != ir::NodeKind::Call) return;
    m_sequence = node.meta.sequenceNumber;
    readSizesAfter(node);
  }

  void readSizesAfter(const ir::Node& node) {
    std::set<std::size_t> read;
    forEachInput(node, [&](ir::NodeId id) {
      if (base().node(id).kind == ir::NodeKind::Placeholder) read.insert(id.index);
    });
    read.insert(node.id.index);
    for (const std::size_t source : read)
      for (const SizeId size : m_reads[source]) sizeNode(size, node);
  }

  /// Phase and module of `user`, and the number of the call made last: PyTorch's counter stands
  /// there when a size is computed.
  ir::NodeMeta metaFor(const ir::Node& user) const {
    ir::NodeMeta meta;
    meta.tag = user.meta.tag;
    meta.sequenceNumber = m_sequence ? m_sequence : user.meta.sequenceNumber;
    meta.module = user.meta.module;
    meta.forwardModule = user.meta.forwardModule;
    meta.source = user.meta.source;
    return meta;
  }

  /// The node that has this size, made now if there is none yet.
  ir::NodeId sizeNode(SizeId id, const ir::Node& user) {
    if (m_sizeNodes[static_cast<std::size_t>(id)])
      return *m_sizeNodes[static_cast<std::size_t>(id)];
    const SizeObject& object = (*m_objects)[id];
    const FittedInteger fit = m_fitter.integer(object.values);
    ir::NodeId made;
    switch (object.kind) {
      case SizeObject::Kind::Read: made = readNode(object, fit, user); break;
      case SizeObject::Kind::Product: made = productNode(object, user); break;
      case SizeObject::Kind::Formula: made = formulaNode(fit, user); break;
    }
    m_sizeNodes[static_cast<std::size_t>(id)] = made;
    return made;
  }

  ir::NodeId readNode(const SizeObject& object, const FittedInteger& fit, const ir::Node& user) {
    return m_builder.addCall(
        m_names.fresh("sym_size_int"), "aten.sym_size.int",
        {m_placed[object.source.index], static_cast<std::int64_t>(object.dimension)}, {},
        ir::SymMeta{ir::Size(fit.text(m_fitter.symbolNames()), object.values.front())},
        metaFor(user));
  }

  ir::NodeId productNode(const SizeObject& object, const ir::Node& user) {
    std::optional<ir::NodeId> total;
    std::vector<std::int64_t> values(object.values.size(), 1);
    for (const SizeObject::Factor& factor : object.factors) {
      if (factor.size == kFixed) continue;
      const ir::NodeId next = sizeNode(factor.size, user);
      for (std::size_t k = 0; k < values.size(); ++k)
        values[k] *= (*m_objects)[factor.size].values[k];
      total = total ? arithmetic("mul", *total, next, m_fitter.integer(values), user) : next;
    }
    CORE_CHECK(total, "a product of sizes has no size");
    const std::int64_t number = object.values.front() / values.front();
    if (number == 1) return *total;
    return arithmetic("mul", *total, number, m_fitter.integer(object.values), user);
  }

  /// The node of an expression that no single dimension has.
  ir::NodeId formulaNode(const FittedInteger& fit, const ir::Node& user) {
    if (fit.isMonomial()) return product(fit.exponents, fit.constant, user);
    return expressionNode(fit.text(m_fitter.symbolNames()), user);
  }

  ir::NodeId expressionNode(const std::string& expression, const ir::Node& user) {
    const auto symbolNode = [&](const load::SizeTree& part) -> std::optional<ir::NodeId> {
      if (part.kind != load::SizeTree::Kind::Symbol) return std::nullopt;
      return sizeNode(sizeNamed(part.name), user);
    };
    return m_expressions.node(expression, symbolNode, metaFor(user));
  }

  /// Operators that compute with fractions read the sizes of their operands.
  ir::NodeId fractionNode(const std::string& expression, const ir::Node& user) {
    const auto partNode = [&](const load::SizeTree& part) -> std::optional<ir::NodeId> {
      const SizeId size = sizeOfPart(part, user);
      return size == kFixed ? std::nullopt : std::optional(sizeNode(size, user));
    };
    return m_expressions.node(expression, partNode, metaFor(user));
  }

  /// The size that a part of a fraction is for `user`; kFixed for what is computed of others.
  SizeId sizeOfPart(const load::SizeTree& part, const ir::Node& user) const {
    using Kind = load::SizeTree::Kind;
    if (part.kind != Kind::Symbol && part.kind != Kind::Call) return kFixed;
    const auto values = m_fitter.valuesOf(part);
    const SizeId size = values ? m_objects->nearObject(user.id, *values) : kFixed;
    return size == kFixed && part.kind == Kind::Symbol ? sizeNamed(part.name) : size;
  }

  template <typename Visit>
  void forEachSize(const load::SizeTree& part, const ir::Node& user, const Visit& visit) const {
    if (const SizeId size = sizeOfPart(part, user); size != kFixed) return visit(size);
    for (const load::SizeTree& inner : part.args) forEachSize(inner, user, visit);
  }

  FittedInteger constant(std::int64_t value) const {
    return {std::vector<int>(m_symbols.size(), 0), value,
            std::vector<std::int64_t>(m_symbols.size(), 0)};
  }

  /// Symbols in their order, the factor last, as PyTorch multiplies sizes.
  ir::NodeId product(const std::vector<int>& exponents, std::int64_t factor, const ir::Node& user) {
    FittedInteger soFar = constant(1);
    std::optional<ir::NodeId> total;
    for (std::size_t i = 0; i < m_symbols.size(); ++i)
      for (int e = 0; e < exponents[i]; ++e) {
        const ir::NodeId symbol = sizeNode(symbolSize(i), user);
        ++soFar.exponents[i];
        total = total ? combine("mul", *total, symbol, soFar, user) : symbol;
      }
    soFar.constant = factor;
    return factor == 1 ? *total : combine("mul", *total, factor, soFar, user);
  }

  using Operand = std::variant<ir::NodeId, std::int64_t>;

  std::int64_t hintOf(const Operand& operand) const {
    const auto* node = std::get_if<ir::NodeId>(&operand);
    return node ? m_builder.node(*node).sym()->size.hint() : std::get<std::int64_t>(operand);
  }

  /// `_operator.mul(a, b)` or `_operator.add(a, b)`, which is `value`.
  ir::NodeId arithmetic(const std::string& operation, ir::NodeId a, Operand b,
                        const FittedInteger& value, const ir::Node& user) {
    const std::int64_t hint = operation == "mul" ? hintOf(a) * hintOf(b) : hintOf(a) + hintOf(b);
    std::vector<Argument> operands{a};
    std::visit([&](auto operand) { operands.emplace_back(operand); }, b);
    std::string target = "_operator.";
    target += operation;
    return m_builder.addCall(m_names.fresh(operation), std::move(target), std::move(operands), {},
                             ir::SymMeta{ir::Size(value.text(m_fitter.symbolNames()), hint)},
                             metaFor(user));
  }

  /// The same; the node that was made for this value before, if there is one.
  ir::NodeId combine(const std::string& operation, ir::NodeId a, Operand b,
                     const FittedInteger& value, const ir::Node& user) {
    const std::string text = value.text(m_fitter.symbolNames());
    if (const auto known = m_combined.find(text); known != m_combined.end()) return known->second;
    const ir::NodeId made = arithmetic(operation, a, b, value, user);
    m_combined.emplace(text, made);
    return made;
  }

  void finishOutputs(const ir::Node& output) {
    ir::Node made = output;
    rebuildArguments(
        made, [](const FittedInteger& fit, std::size_t) { return Argument(fit.constant); },
        [](const DerivedFit&) { return Argument(); });
    m_builder.setOutputs(std::move(made.args), base().outputDescriptors(), output.meta);
  }

  const std::vector<InputSymbol>& m_symbols;
  const std::vector<SymbolSample>& m_samples;
  SampleFitter& m_fitter;
  ir::GraphBuilder m_builder;
  NodeNames m_names;
  ExpressionNodes m_expressions;
  std::vector<ir::NodeId> m_placed;
  std::optional<SizeObjects> m_objects;
  std::size_t m_integer = 0;                           ///< among those of the current node
  std::vector<std::vector<SizeId>> m_reads;            ///< by tensor: its sizes that are needed
  std::vector<std::optional<ir::NodeId>> m_sizeNodes;  ///< by object
  std::map<std::string, ir::NodeId> m_combined;        ///< formulas by their text
  std::optional<std::int64_t> m_sequence;
};

}  // namespace

FitResult fitSymbols(const std::vector<InputSymbol>& symbols,
                     const std::vector<SymbolSample>& samples, const std::vector<int>& sizesFrom,
                     const std::vector<std::string>& expressions) {
  SampleFitter fitter(symbols, samples, expressions);
  auto joint = std::make_shared<ir::JointGraph>(*samples.front().joint);
  joint->graph = SymbolicCopy(symbols, samples, fitter).copy(sizesFrom);
  if (!fitter.failure()) joint->metadata = fittedMetadata(samples, fitter);
  if (fitter.failure()) return {nullptr, fitter.failure()};
  markDynamicDimensions(*joint);
  return {std::move(joint), std::nullopt};
}

}  // namespace core::trace
