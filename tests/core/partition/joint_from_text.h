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

inline core::Result<core::partition::Partition> minCut(
    const core::ir::JointGraph& joint, const core::partition::PartitionOptions& options = {}) {
  return core::partition::partition(joint, options, core::StageContext());
}

inline core::Result<core::partition::Partition> byPlacement(
    const core::ir::JointGraph& joint, core::partition::PartitionOptions options = {}) {
  options.partitioner = core::partition::PartitionerKind::Default;
  return minCut(joint, options);
}

/// A matrix product with sin and exp behind it.
inline core::ir::JointGraph mlp() {
  return jointFromText(R"(graph {
    %primals_1 : f32[64, 64] = placeholder  # is_forward
    %primals_2 : f32[8, 64] = placeholder  # is_forward
    %tangents_1 : f32[8, 64] = placeholder  # is_backward
    %t : f32[64, 64]{1, 64} = aten.t.default(%primals_1)  # is_forward module="fc:Linear"
    %mm : f32[8, 64] = aten.mm.default(%primals_2, %t)  # is_forward module="fc:Linear"
    %sin : f32[8, 64] = aten.sin.default(%mm)  # is_forward module="act:Sin"
    %exp : f32[8, 64] = aten.exp.default(%sin)  # is_forward module="act:Exp"
    %mul : f32[8, 64] = aten.mul.Tensor(%tangents_1, %exp)  # is_backward
    %cos : f32[8, 64] = aten.cos.default(%mm)  # is_backward
    %mul_1 : f32[8, 64] = aten.mul.Tensor(%mul, %cos)  # is_backward
    %t_1 : f32[64, 8]{1, 64} = aten.t.default(%mul_1)  # is_backward
    %mm_1 : f32[64, 64] = aten.mm.default(%t_1, %primals_2)  # is_backward
    return (%exp, %mm_1, None)
  })",
                       1, {0});
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
