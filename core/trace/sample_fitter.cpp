#include "core/trace/sample_fitter.h"

#include <algorithm>

#include "core/load/capture/size_expression.h"
#include "core/trace/same_calls.h"

namespace core::trace {
namespace {

/// The n-th element of each vector.
template <typename T>
std::vector<T> column(const std::vector<const std::vector<T>*>& rows, std::size_t n) {
  std::vector<T> values;
  for (const std::vector<T>* row : rows) values.push_back((*row)[n]);
  return values;
}

std::vector<std::vector<std::int64_t>> assignmentsOf(const std::vector<SymbolSample>& samples) {
  std::vector<std::vector<std::int64_t>> assignments;
  for (const SymbolSample& sample : samples) assignments.push_back(sample.values);
  return assignments;
}

/// The first trace whose value is not the base's; 0 if there is none.
template <typename T>
std::size_t firstMoved(const std::vector<T>& observed) {
  const auto moved = std::find_if(observed.begin(), observed.end(),
                                  [&](const T& value) { return value != observed.front(); });
  return moved == observed.end() ? 0 : static_cast<std::size_t>(moved - observed.begin());
}

}  // namespace

std::string placeOf(const ir::Node& node) {
  return "`" + node.target + "` (" + node.name + ")";
}

std::string sourceOf(const ir::Node& node) {
  if (!node.meta.source) return {};
  return node.meta.source->file + ":" + std::to_string(node.meta.source->line);
}

SampleFitter::SampleFitter(const std::vector<InputSymbol>& symbols,
                           const std::vector<SymbolSample>& samples,
                           const std::vector<std::string>& expressions)
    : m_assignments(assignmentsOf(samples)), m_derived(symbols, expressions, m_assignments) {
  for (const InputSymbol& symbol : symbols) m_names.push_back(symbol.name);
}

/// Sample 1 + i moved symbol i alone, so a difference there is that symbol's doing.
void SampleFitter::fail(std::size_t sample, const std::string& what) {
  if (m_failure) return;
  const std::size_t symbol = sample == 0 ? m_names.size() - 1 : sample - 1;
  std::string reason = m_place;
  reason += what;
  m_failure = FitFailure{std::min(symbol, m_names.size() - 1), std::move(reason), m_source};
}

void SampleFitter::require(const std::vector<bool>& isEqual, const std::string& what) {
  const auto differs = std::find(isEqual.begin(), isEqual.end(), false);
  if (differs != isEqual.end()) fail(static_cast<std::size_t>(differs - isEqual.begin()), what);
}

void SampleFitter::requireSameGraphs(const std::vector<const ir::Graph*>& graphs) {
  const ir::Graph& base = *graphs.front();
  std::vector<bool> isEqual;
  for (const ir::Graph* graph : graphs) isEqual.push_back(graph->size() == base.size());
  at("the graph");
  require(isEqual, " has another number of calls");
  for (std::size_t n = 0; n < base.size() && !m_failure; ++n) {
    const ir::Node& mine = base.nodes()[n];
    isEqual.clear();
    for (const ir::Graph* graph : graphs) isEqual.push_back(isSameCall(mine, graph->nodes()[n]));
    at(placeOf(mine), sourceOf(mine));
    require(isEqual, " is another call");
  }
}

FittedInteger SampleFitter::integer(const std::vector<std::int64_t>& observed) {
  if (const auto known = m_known.find(observed); known != m_known.end()) return known->second;
  auto plain = fitInteger(observed, m_assignments);
  FittedInteger fit = plain ? *std::move(plain)
                            : FittedInteger{std::vector<int>(m_names.size(), 0), observed.front(),
                                            std::vector<std::int64_t>(m_names.size(), 0)};
  if (!plain) {
    const auto derived = m_derived.integer(observed);
    if (!derived) {
      fail(firstMoved(observed), " has a number that is no product or sum of sizes");
      return fit;
    }
    fit.derived = derived->text;
    fit.exponents.assign(derived->uses.begin(), derived->uses.end());
  }
  return m_known.emplace(observed, std::move(fit)).first->second;
}

DerivedFit SampleFitter::real(const std::vector<double>& observed) {
  if (auto fit = m_derived.real(observed)) return *std::move(fit);
  fail(firstMoved(observed), " has a fraction that no size divides or multiplies");
  return {};
}

std::optional<std::vector<std::int64_t>> SampleFitter::valuesOf(const load::SizeTree& size) const {
  std::vector<std::int64_t> values;
  for (const std::vector<std::int64_t>& assignment : m_assignments) {
    load::SymbolHints hints;
    for (std::size_t i = 0; i < m_names.size(); ++i) hints[m_names[i]] = assignment[i];
    const auto value = load::evaluateSize(size, hints);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

ir::Size SampleFitter::size(const std::vector<ir::Size>& observed) {
  std::vector<std::int64_t> numbers;
  for (const ir::Size& value : observed) numbers.push_back(value.hint());
  const FittedInteger fit = integer(numbers);
  if (fit.isConstant()) return observed.front();
  return ir::Size(fit.text(m_names), observed.front().hint());
}

std::vector<ir::Size> SampleFitter::sizes(
    const std::vector<const std::vector<ir::Size>*>& observed) {
  std::vector<ir::Size> fitted;
  for (std::size_t d = 0; d < observed.front()->size(); ++d)
    fitted.push_back(size(column(observed, d)));
  return fitted;
}

ir::TensorMeta SampleFitter::tensor(const std::vector<ir::TensorMeta>& observed) {
  const ir::TensorMeta& first = observed.front();
  std::vector<bool> isEqual;
  std::vector<const std::vector<ir::Size>*> allSizes;
  std::vector<const std::vector<ir::Size>*> allStrides;
  for (const ir::TensorMeta& other : observed) {
    isEqual.push_back(other.dtype == first.dtype && other.device == first.device &&
                      other.sizes.size() == first.sizes.size() &&
                      other.strides.size() == first.strides.size());
    allSizes.push_back(&other.sizes);
    allStrides.push_back(&other.strides);
  }
  require(isEqual, " has another rank or type");
  if (m_failure) return first;
  ir::TensorMeta fitted = first;
  fitted.sizes = sizes(allSizes);
  fitted.strides = sizes(allStrides);
  return fitted;
}

ir::ValueMeta SampleFitter::value(const std::vector<const ir::ValueMeta*>& observed) {
  const ir::ValueMeta& first = *observed.front();
  const auto* tuple = std::get_if<ir::TupleMeta>(&first);
  std::vector<bool> isEqual;
  for (const ir::ValueMeta* other : observed) {
    const auto* otherTuple = std::get_if<ir::TupleMeta>(other);
    bool same = other->index() == first.index();
    if (same && tuple) same = otherTuple->elements.size() == tuple->elements.size();
    for (std::size_t i = 0; same && tuple && i < tuple->elements.size(); ++i)
      same = tuple->elements[i].has_value() == otherTuple->elements[i].has_value();
    isEqual.push_back(same);
  }
  require(isEqual, " is another kind of value");
  if (m_failure) return first;
  const auto gather = [&](auto&& get) {
    std::vector<ir::TensorMeta> metas;
    for (const ir::ValueMeta* other : observed) metas.push_back(get(*other));
    return tensor(metas);
  };
  if (std::holds_alternative<ir::TensorMeta>(first))
    return gather([](const ir::ValueMeta& meta) { return std::get<ir::TensorMeta>(meta); });
  if (!tuple) return first;
  ir::TupleMeta fitted = *tuple;
  for (std::size_t i = 0; i < fitted.elements.size(); ++i)
    if (fitted.elements[i])
      fitted.elements[i] = gather(
          [i](const ir::ValueMeta& meta) { return *std::get<ir::TupleMeta>(meta).elements[i]; });
  return fitted;
}

}  // namespace core::trace
