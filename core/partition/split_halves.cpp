#include "core/partition/split_halves.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "core/partition/classify_nodes.h"

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;

std::vector<NodeId> withRole(const JointProblem& problem, InputRole role) {
  std::vector<NodeId> nodes;
  for (NodeId id : problem.graph->placeholders())
    if (problem.role(id) == role) nodes.push_back(id);
  return nodes;
}

Result<HalfPlan> planBackward(const JointProblem& problem, const std::vector<NodeId>& syms,
                              const std::vector<NodeId>& tensors) {
  std::vector<NodeId> inputs = syms;
  inputs.insert(inputs.end(), tensors.begin(), tensors.end());
  for (InputRole role : {InputRole::Tangent, InputRole::BackwardRng}) {
    const std::vector<NodeId> more = withRole(problem, role);
    inputs.insert(inputs.end(), more.begin(), more.end());
  }
  return planHalf(problem, Half::Backward, std::move(inputs), problem.backwardOutputs());
}

/// What the backward's calls and outputs read.
NodeSet readBy(const JointProblem& problem, const HalfPlan& plan) {
  NodeSet read(problem.graph->size(), false);
  for (NodeId id : plan.calls)
    for (NodeId input : problem.inputs(id)) read[input.index] = true;
  for (const ir::Argument& output : plan.outputs)
    if (output.isNode()) read[output.node().index] = true;
  return read;
}

void keepRead(std::vector<NodeId>& nodes, const NodeSet& read) {
  std::erase_if(nodes, [&](NodeId id) { return !read[id.index]; });
}

/// Names of the symbols in "Max(1, s0)*s1"; functions are not symbols.
void addSymbols(const std::string& expression, std::set<std::string>& symbols) {
  for (std::size_t i = 0; i < expression.size();) {
    const auto isWord = [&](std::size_t k) {
      return k < expression.size() &&
             (std::isalnum(static_cast<unsigned char>(expression[k])) || expression[k] == '_');
    };
    if (!isWord(i)) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (isWord(end)) ++end;
    const bool isNumber = std::isdigit(static_cast<unsigned char>(expression[i])) != 0;
    const bool isCall = end < expression.size() && expression[end] == '(';
    if (!isNumber && !isCall) symbols.insert(expression.substr(i, end - i));
    i = end;
  }
}

std::set<std::string> freeSymbols(const Node& node) {
  std::set<std::string> symbols;
  if (const ir::SymMeta* sym = node.sym()) addSymbols(sym->size.expression(), symbols);
  if (const ir::TensorMeta* meta = node.tensor()) {
    for (const ir::Size& size : meta->sizes) addSymbols(size.expression(), symbols);
    for (const ir::Size& stride : meta->strides) addSymbols(stride.expression(), symbols);
  }
  return symbols;
}

/// The symbol that a placeholder is, or empty.
std::string boundSymbol(const Node& node) {
  if (node.kind != ir::NodeKind::Placeholder || !node.sym()) return {};
  std::string expression = node.sym()->size.expression();
  const std::set<std::string> symbols = freeSymbols(node);
  const bool isPlain = symbols.size() == 1 && *symbols.begin() == expression;
  return isPlain ? expression : std::string();
}

/// Bindings first, then derived scalars; symbols that sizes need get their binding if there is one.
std::vector<NodeId> withBindings(const JointProblem& problem, const std::vector<NodeId>& syms,
                                 const std::vector<NodeId>& tensors) {
  std::vector<NodeId> bindings, derived;
  std::set<std::string> bound;
  for (NodeId id : syms) {
    const std::string symbol = boundSymbol(problem.node(id));
    (symbol.empty() ? derived : bindings).push_back(id);
    if (!symbol.empty()) bound.insert(symbol);
  }
  std::vector<NodeId> users = derived;
  users.insert(users.end(), tensors.begin(), tensors.end());
  const std::vector<NodeId> tangents = withRole(problem, InputRole::Tangent);
  users.insert(users.end(), tangents.begin(), tangents.end());
  for (NodeId user : users) {
    for (const std::string& symbol : freeSymbols(problem.node(user))) {
      if (!bound.insert(symbol).second) continue;
      const auto& inputs = problem.graph->placeholders();
      const auto binding = std::find_if(inputs.begin(), inputs.end(), [&](NodeId id) {
        return boundSymbol(problem.node(id)) == symbol;
      });
      if (binding != inputs.end()) bindings.push_back(*binding);
    }
  }
  bindings.insert(bindings.end(), derived.begin(), derived.end());
  return bindings;
}

}  // namespace

Result<SplitPlan> splitHalves(const JointProblem& problem, std::vector<NodeId> tensors,
                              std::vector<NodeId> syms) {
  CORE_TRY(const HalfPlan draft, planBackward(problem, syms, tensors));
  const NodeSet read = readBy(problem, draft);
  keepRead(tensors, read);
  keepRead(syms, read);
  SplitPlan plan;
  plan.savedSyms = withBindings(problem, syms, tensors);
  plan.savedTensors = std::move(tensors);
  CORE_TRY(plan.backward, planBackward(problem, plan.savedSyms, plan.savedTensors));
  std::vector<ir::Argument> outputs = problem.forwardOutputs();
  outputs.insert(outputs.end(), plan.savedTensors.begin(), plan.savedTensors.end());
  outputs.insert(outputs.end(), plan.savedSyms.begin(), plan.savedSyms.end());
  CORE_TRY(plan.forward,
           planHalf(problem, Half::Forward, forwardInputs(problem), std::move(outputs)));
  return plan;
}

}  // namespace core::partition
