// The joint graph computes an aliased output too, because its geometry is wanted; at run time only
// the views on the way from its base count. From the output's node the chain goes up through first
// arguments, as long as the operators are views, until it meets the node that stands for the base:
// a primal, the new value of a written primal, another output, or an intermediate base. A chain
// that misses the base (views regenerated after a write may start elsewhere) is not replayed.

#include "core/run/view_replay_torch.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/ir/op_table.h"
#include "core/torch/flat_tensors_torch.h"

namespace core::run {
namespace {

std::optional<ir::NodeId> outputNode(const ir::Graph& graph, std::size_t position) {
  const ir::Argument& output = graph.outputs()[position];
  return output.isNode() ? std::optional(output.node()) : std::nullopt;
}

/// What is copied into a primal that is written in the graph.
std::optional<ir::NodeId> copiedInto(const ir::Graph& graph, ir::NodeId primal) {
  for (const ir::Node& node : graph.nodes()) {
    const bool isCopy = node.target == "aten.copy_.default" && node.args.size() == 2 &&
                        node.args[0].isNode() && node.args[1].isNode();
    if (isCopy && node.args[0].node() == primal) return node.args[1].node();
  }
  return std::nullopt;
}

/// The node that holds what the base of `info` holds after the program.
std::optional<ir::NodeId> baseNode(const ir::JointGraph& joint, const ir::OutputInfo& info) {
  const ir::Graph& graph = *joint.graph;
  const ir::ViewAndMutationMeta& metadata = joint.metadata;
  const auto index = static_cast<std::size_t>(info.baseIndex.value());
  const std::size_t firstOutput = metadata.mutatedRuntimeIndices.size();
  if (info.type == ir::OutputType::AliasOfIntermediateBaseIsUserOutput)
    return outputNode(graph, firstOutput + index);
  if (info.type != ir::OutputType::AliasOfInput)
    return outputNode(graph, firstOutput + metadata.outputs.size() + index);
  const ir::NodeId primal = graph.placeholders()[index];
  const auto& mutated = metadata.mutatedRuntimeIndices;
  const auto found = std::find(mutated.begin(), mutated.end(), *info.baseIndex);
  if (found != mutated.end())
    return outputNode(graph, static_cast<std::size_t>(found - mutated.begin()));
  if (metadata.inputs[index].mutationType == ir::MutationType::MutatedInGraph)
    return copiedInto(graph, primal);
  return primal;
}

bool hasSymbols(const ir::TensorMeta& meta) {
  const auto symbolic = [](const ir::Size& size) { return size.isSymbolic(); };
  return std::any_of(meta.sizes.begin(), meta.sizes.end(), symbolic);
}

}  // namespace

bool isRebuilt(const ir::OutputInfo& output) {
  switch (output.type) {
    case ir::OutputType::NonAlias:
    case ir::OutputType::IsInput:
    case ir::OutputType::UnsafeViewAlias:
    case ir::OutputType::CustomFunctionView: return false;
    case ir::OutputType::AliasOfInput:
    case ir::OutputType::AliasOfIntermediate:
    case ir::OutputType::AliasOfIntermediateSaveAsOutput:
    case ir::OutputType::AliasOfIntermediateBaseIsUserOutput: return output.isTensor;
  }
  return false;
}

ViewReplay::ViewReplay(const ir::JointGraph& joint, std::size_t output)
    : m_info(joint.metadata.outputs[output]) {
  CORE_CHECK(m_info.baseIndex && m_info.meta, "an aliased output lacks its base or its geometry");
  const auto from = outputNode(*joint.graph, joint.metadata.mutatedRuntimeIndices.size() + output);
  const auto base = baseNode(joint, m_info);
  if (from && base && !hasSymbols(*m_info.meta)) findSteps(*joint.graph, *from, *base);
}

void ViewReplay::findSteps(const ir::Graph& graph, ir::NodeId from, ir::NodeId base) {
  std::size_t result = 0;
  for (ir::NodeId at = from; at != base;) {
    const ir::Node& node = graph.node(at);
    if (!node.isCall() || node.args.empty() || !node.args[0].isNode()) return m_steps.clear();
    if (node.target == "getitem") {
      result = static_cast<std::size_t>(node.args[1].integer().value());
    } else {
      if (!ir::opFacts(node.target).sharesStorage) return m_steps.clear();
      m_steps.push_back({CallPlan(graph, node, c10::Device(c10::kCPU)), std::exchange(result, 0)});
    }
    at = node.args[0].node();
  }
  std::reverse(m_steps.begin(), m_steps.end());
  m_hasChain = true;
}

at::Tensor ViewReplay::replaySteps(const at::Tensor& base) const {
  at::Tensor value = base.view_as(base);
  std::vector<c10::IValue> stack;
  for (std::size_t i = 0; i < m_steps.size(); ++i) {
    const at::Tensor& input = i == 0 ? base : value;
    m_steps[i].call.call(stack, [&](ir::NodeId) { return input; });
    value = torch::flatTensors(stack).at(m_steps[i].result);
  }
  return value;
}

at::Tensor ViewReplay::replay(const at::Tensor& base) const {
  const at::AutoGradMode mode(at::GradMode::is_enabled() && !m_info.isUnfollowedView);
  at::Tensor view = m_hasChain
                        ? replaySteps(base)
                        : base.as_strided(m_info.meta->sizeHints(), m_info.meta->strideHints(),
                                          base.storage_offset() + m_info.storageOffset);
  if (!m_info.requiresGrad) return view.detach();
  // A view of a base that needs no gradient, made to need one by the program.
  if (!view.requires_grad()) view.requires_grad_(true);
  return view;
}

}  // namespace core::run
