#include "core/passes/decompositions/decompose.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/base/check.h"
#include "core/ir/real_scalar.h"
#include "core/passes/dead_code.h"
#include "core/passes/decompositions/decomposition_table.h"

namespace core::passes {
namespace {

using ir::Argument;
using ir::Node;
using ir::NodeId;

const Decomposition* findDecomposition(std::string_view target) {
  static const auto all = [] {
    std::unordered_map<std::string_view, const Decomposition*> map;
    for (const auto table :
         {layerNormDecompositions(), batchNormDecompositions(), groupNormDecompositions(),
          softmaxDecompositions(), likelihoodLossDecompositions(), distanceLossDecompositions(),
          statisticsDecompositions(), fullReductionDecompositions(), scatteredSumDecompositions(),
          matrixVectorDecompositions()})
      for (const Decomposition& row : table) map.emplace(row.target, &row);
    return map;
  }();
  const auto found = all.find(target);
  return found == all.end() ? nullptr : found->second;
}

/// Everybody who reads a tuple reads it through getitems.
bool hasOnlyGetitems(const ir::Graph& graph, const Node& node) {
  const auto& users = graph.users(node.id);
  return std::all_of(users.begin(), users.end(),
                     [&](NodeId user) { return graph.node(user).isCallTo("getitem"); });
}

const Decomposition* findColumnSum(std::string_view target) {
  const auto rows = columnSumDecompositions();
  const auto found = std::find_if(rows.begin(), rows.end(), [target](const Decomposition& row) {
    return row.target == target;
  });
  return found == rows.end() ? nullptr : &*found;
}

using Finder = const Decomposition* (*)(std::string_view target);

const Decomposition* decompositionOf(Finder find, const ir::Graph& graph, const Node& node) {
  if (!node.isCall()) return nullptr;
  const Decomposition* found = find(node.target);
  if (!found || !found->applies(graph, node)) return nullptr;
  if (node.tuple() && !hasOnlyGetitems(graph, node)) return nullptr;
  return found;
}

ir::PassResult decomposed(const ir::GraphPtr& graph, Finder find) {
  std::vector<const Decomposition*> chosen;
  for (const Node& node : graph->nodes()) chosen.push_back(decompositionOf(find, *graph, node));
  if (std::all_of(chosen.begin(), chosen.end(), [](const Decomposition* d) { return !d; }))
    return {graph, ir::OriginMap::identity(graph->size())};

  GraphRewriter rewriter(*graph);
  for (const Node& node : graph->nodes()) {
    if (node.kind == ir::NodeKind::Output) continue;
    // The getitems of a replaced tuple were given with it.
    if (node.isCallTo("getitem") && chosen[node.args[0].node().index]) continue;
    if (const Decomposition* decomposition = chosen[node.id.index]) {
      rewriter.beginReplacing(node);
      Replacement replacement(rewriter, node);
      decomposition->replace(replacement);
    } else {
      rewriter.copy(node);
    }
  }
  const ir::PassResult rewritten = rewriter.finish();
  ir::PassResult cleaned = eliminateDeadCode(rewritten.graph);
  cleaned.origin = cleaned.origin.after(rewritten.origin);
  return cleaned;
}

}  // namespace

bool decomposesForFusion(std::string_view target) {
  return findDecomposition(target) || findColumnSum(target);
}

ir::PassResult decomposeForFusion(const ir::GraphPtr& graph) {
  const ir::PassResult first = decomposed(graph, findDecomposition);
  ir::PassResult second = decomposed(first.graph, findColumnSum);
  second.origin = second.origin.after(first.origin);
  return second;
}

// --- Replacement

Tensor Replacement::tensor(std::size_t index, const char* name) {
  const auto found = optionalTensor(index, name);
  CORE_CHECK(found.has_value(), "'" + m_node.name + "' lacks a tensor argument");
  return *found;
}

std::optional<Tensor> Replacement::optionalTensor(std::size_t index, const char* name) {
  const auto found = m_rewriter.tensorArgument(m_node, index, name);
  if (!found) return std::nullopt;
  return toComputeType(*found);
}

Tensor Replacement::rawTensor(std::size_t index) {
  return m_rewriter.mapped(m_node.args[index].node());
}

const Argument* Replacement::argument(std::size_t index, const char* name) const {
  if (index < m_node.args.size()) return &m_node.args[index];
  for (const auto& [key, value] : m_node.kwargs)
    if (key == name) return &value;
  return nullptr;
}

double Replacement::number(std::size_t index, const char* name, double fallback) const {
  const Argument* found = argument(index, name);
  if (!found || found->isNone()) return fallback;
  if (found->isNode()) {
    const ir::SymMeta* sym = m_rewriter.from().node(found->node()).sym();
    CORE_CHECK(sym, "'" + m_node.name + "' has a tensor where a number is expected");
    return ir::numberOf(*sym);
  }
  const auto value = found->number();
  CORE_CHECK(value.has_value(), "'" + m_node.name + "' lacks a number argument");
  return *value;
}

std::vector<std::int64_t> Replacement::integers(std::size_t index, const char* name) const {
  std::vector<std::int64_t> result;
  const Argument* found = argument(index, name);
  if (!found || found->isNone()) return result;
  const auto add = [&](const Argument& element) {
    if (element.isNode())
      result.push_back(m_rewriter.from().node(element.node()).sym()->size.hint());
    else
      result.push_back(std::llround(element.number().value_or(0)));
  };
  if (!found->isList())
    add(*found);
  else
    for (const Argument& element : found->list()) add(element);
  return result;
}

std::vector<int> Replacement::dims(std::size_t index, const char* name, int rank) const {
  std::vector<int> result;
  for (const std::int64_t dim : integers(index, name))
    result.push_back(static_cast<int>(dim < 0 ? dim + rank : dim));
  if (result.empty())
    for (int dim = 0; dim < rank; ++dim) result.push_back(dim);
  return result;
}

bool Replacement::isUsed(std::size_t index) const {
  const ir::Graph& graph = m_rewriter.from();
  const auto& users = graph.users(m_node.id);
  return std::any_of(users.begin(), users.end(), [&](NodeId user) {
    return graph.node(user).args[1].integer() == static_cast<std::int64_t>(index);
  });
}

void Replacement::result(Tensor value) {
  m_rewriter.define(m_node.id, value);
}

void Replacement::result(std::size_t index, Tensor value) {
  const ir::Graph& graph = m_rewriter.from();
  for (const NodeId user : graph.users(m_node.id)) {
    const Node& getitem = graph.node(user);
    if (getitem.args[1].integer() == static_cast<std::int64_t>(index) && getitem.tensor())
      m_rewriter.define(user, value);
  }
}

const ir::TensorMeta* Replacement::resultMeta(std::size_t index) const {
  const ir::TupleMeta* tuple = m_node.tuple();
  if (!tuple || index >= tuple->elements.size() || !tuple->elements[index]) return nullptr;
  return &*tuple->elements[index];
}

const ir::TensorMeta* firstTensor(const ir::Graph& graph, const Node& node) {
  if (node.args.empty() || !node.args[0].isNode()) return nullptr;
  return graph.node(node.args[0].node()).tensor();
}

bool isFloatTensor(const ir::Graph& graph, const Node& node) {
  const ir::TensorMeta* meta = firstTensor(graph, node);
  return meta && ir::isFloatingPoint(meta->dtype) && meta->rank() > 0 && meta->numel() > 0;
}

}  // namespace core::passes
