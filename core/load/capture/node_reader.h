#pragma once

// The nodes of a joint graph in a capture file.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/ir/graph_builder.h"
#include "core/load/capture/value_reader.h"

namespace core::load {

/// Reads `joint.nodes` in order into a graph. One reader reads one graph.
class NodeReader {
 public:
  explicit NodeReader(const ValueReader& values) : m_values(values) {}

  /// Errors are FormatUnsupported and name the node.
  Result<ir::GraphPtr> read(const std::vector<Json>& nodes);

  /// Every module that owned a node read so far, in order of first appearance.
  const std::vector<ir::ModuleScope>& modules() const { return m_modules; }

 private:
  Result<void> readNode(Json node, const std::string& name);
  Result<void> readOutput(Json node);
  Result<ir::Argument> readArgument(Json argument) const;
  Result<ir::Argument> readText(std::string_view text) const;
  Result<std::vector<ir::Argument>> readArguments(Json node) const;
  Result<std::vector<std::pair<std::string, ir::Argument>>> readKeywords(Json node) const;
  Result<ir::NodeMeta> readMeta(Json node, const std::string& target);
  std::shared_ptr<const ir::ModuleScope> scope(Json node, std::string_view key);

  const ValueReader& m_values;
  ir::GraphBuilder m_builder;
  std::map<std::string, ir::NodeId, std::less<>> m_ids;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const ir::ModuleScope>> m_scopes;
  std::vector<ir::ModuleScope> m_modules;
};

}  // namespace core::load
