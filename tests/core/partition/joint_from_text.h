#pragma once

// Joint graphs for tests, from the text of their graph.

#include <QTest>

#include "core/ir/joint_graph.h"
#include "core/partition/partition_joint.h"
#include "tests/support/graph_from_text.h"

/// Lets QCOMPARE print what differs.
template <>
inline char* QTest::toString(const std::string& text) {
  return qstrdup(text.c_str());
}

namespace support {

/// Placeholders without "tangents" in their name are primals; the first `forwardOutputs` outputs
/// belong to the forward.
inline core::ir::JointGraph jointFromText(std::string_view text, int forwardOutputs = 1,
                                          std::vector<int> staticInputs = {}) {
  core::ir::JointGraph joint;
  joint.graph = graphFromText(text);
  joint.signature.numForwardOutputs = forwardOutputs;
  joint.metadata.staticInputIndices = std::move(staticInputs);
  for (core::ir::NodeId id : joint.graph->placeholders())
    if (joint.graph->node(id).name.find("tangents") == std::string::npos)
      ++joint.signature.numPrimals;
  return joint;
}

/// "a b c": names of saved tensors.
inline std::string savedNames(const core::partition::Partition& parts) {
  std::string text;
  for (const auto& saved : parts.savedTensors) text += (text.empty() ? "" : " ") + saved.name;
  return text;
}

inline std::string savedSyms(const core::partition::Partition& parts) {
  std::string text;
  for (const auto& saved : parts.savedSymInts) text += (text.empty() ? "" : " ") + saved.name;
  return text;
}

inline std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

/// Names of the calls of a half, in order.
inline std::string callNames(const core::ir::Graph& graph) {
  std::string text;
  for (const core::ir::Node& node : graph.nodes())
    if (node.isCall()) text += (text.empty() ? "" : " ") + node.name;
  return text;
}

inline const core::partition::ValueDecision* decisionOf(const core::partition::Partition& parts,
                                                        std::string_view name) {
  for (const auto& decision : parts.decisions)
    if (decision.name == name) return &decision;
  return nullptr;
}

}  // namespace support
