#pragma once

// Runs graphs on values that are fingerprints of how they were computed. Two graphs that give equal
// fingerprints compute the same thing, whatever the operators do.

#include <map>
#include <string>
#include <vector>

#include "core/ir/graph_text.h"
#include "core/ir/op_table.h"
#include "core/ir/value_storage.h"

namespace support {

class SymbolicRun {
 public:
  using Value = std::size_t;

  /// Placeholders take the value that `inputs` has for their name, or one of their own.
  SymbolicRun(const core::ir::Graph& graph, const std::map<std::string, Value>& inputs)
      : m_graph(graph), m_values(graph.size(), 0) {
    for (const core::ir::Node& node : graph.nodes()) {
      if (node.kind == core::ir::NodeKind::Placeholder) {
        const auto given = inputs.find(node.name);
        m_values[node.id.index] = given == inputs.end() ? fingerprint(node.name) : given->second;
      } else if (node.kind != core::ir::NodeKind::Output) {
        m_values[node.id.index] = compute(node);
        if (core::ir::drawsRandomNumbers(node)) draws.push_back(node.name);
      }
    }
  }

  Value of(core::ir::NodeId id) const { return m_values[id.index]; }
  std::vector<Value> outputs() const {
    std::vector<Value> values;
    for (const core::ir::Argument& output : m_graph.outputs())
      values.push_back(output.isNode() ? of(output.node()) : 0);
    return values;
  }

  std::vector<std::string> draws;  ///< calls that drew random numbers

 private:
  static Value fingerprint(const std::string& text) { return std::hash<std::string>()(text); }

  std::string describe(const core::ir::Argument& argument) const {
    if (argument.isNode()) return "v" + std::to_string(of(argument.node()));
    if (!argument.isList()) return core::ir::argumentText(m_graph, argument);
    std::string text = "[";
    for (const core::ir::Argument& element : argument.list()) text += describe(element) + ",";
    return text + "]";
  }

  Value compute(const core::ir::Node& node) const {
    if (node.target == "aten.copy_.default") return of(node.args[1].node());
    std::string text = node.target;
    // In training mode these do not depend on the running statistics.
    const bool isBatchNorm = node.target == "aten._native_batch_norm_legit_functional.default" ||
                             node.target == "aten.native_batch_norm_backward.default";
    for (std::size_t i = 0; i < node.args.size(); ++i)
      if (!(isBatchNorm && (i == 3 || i == 4))) text += "," + describe(node.args[i]);
    for (const auto& [name, argument] : node.kwargs) text += "," + name + "=" + describe(argument);
    if (node.target == "getitem") {
      // The new running statistics are all that depends on the old ones.
      const core::ir::Node& tuple = m_graph.node(node.args[0].node());
      const bool isStatistic = tuple.target == "aten._native_batch_norm_legit_functional.default" &&
                               *node.args[1].integer() >= 3;
      if (isStatistic) text += describe(tuple.args[3]) + describe(tuple.args[4]);
    }
    return fingerprint(text);
  }

  const core::ir::Graph& m_graph;
  std::vector<Value> m_values;
};

}  // namespace support
