#pragma once

#include <vector>

#include "core/ir/graph_builder.h"
#include "core/ir/origin_map.h"

namespace core::passes {

/// Builds a graph out of chosen nodes of another one, in the order of the calls, and keeps track of
/// where each came from. Used once.
class GraphCopier {
 public:
  explicit GraphCopier(const ir::Graph& from) : m_from(from), m_copies(from.size()) {}

  /// Copies a node (the output node with its descriptors); its inputs must have been copied.
  void copy(const ir::Node& node);
  /// A placeholder of the same name, value and metadata, whatever `node` is.
  void copyAsPlaceholder(const ir::Node& node);
  /// From now on, users of `removed` read the copy of `kept`.
  void merge(ir::NodeId removed, ir::NodeId kept);
  /// Ends the graph with these values of the old graph.
  void setOutputs(const std::vector<ir::Argument>& outputs, std::vector<std::string> descriptors,
                  const ir::NodeMeta& meta);

  ir::PassResult freeze() &&;

 private:
  ir::Argument mapped(const ir::Argument& argument) const;
  void record(ir::NodeId old, ir::NodeId copy);

  const ir::Graph& m_from;
  ir::GraphBuilder m_builder;
  std::vector<ir::NodeId> m_copies;  ///< of the old graph's nodes, by old id
  ir::OriginMap m_origin;
};

}  // namespace core::passes
