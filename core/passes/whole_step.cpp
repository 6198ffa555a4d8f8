// A training loop that calls backward() itself needs the outputs in between, so forward and
// backward are compiled apart and what the backward needs travels through memory. A program that
// owns the step knows the loss, and with it the gradient that enters the backward: a number, or a
// formula of an output. With that in the place of the tangents both halves are one graph, which the
// scheduler fuses as any other. Recomputed nodes stay: a kernel that holds both copies computes the
// value once, and where they are far apart the memory that the partition saved stays saved.

#include "core/passes/whole_step.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/check.h"
#include "core/ir/graph_builder.h"
#include "core/passes/dead_code.h"

namespace core::passes {
namespace {

using ir::Argument;
using ir::DType;
using ir::Node;
using ir::NodeId;
using ir::TensorMeta;

Error unsupported(const std::string& why) {
  return {ErrorCode::UnsupportedOp,
          "Forward, loss and backward cannot be one schedule: " + why,
          {},
          {}};
}

class StepJoiner {
 public:
  StepJoiner(const ir::JointGraph& joint, const ir::Graph& forward, const ir::Graph& backward,
             std::optional<int> lossOutput)
      : m_joint(joint), m_forward(forward), m_backward(backward), m_lossOutput(lossOutput) {}

  Result<ir::GraphPtr> run() {
    CORE_TRY_VOID(requirePlainStep());
    addPrimals();
    std::vector<Argument> outputs = addHalf(m_forward);
    outputs.resize(static_cast<std::size_t>(m_joint.signature.numForwardOutputs));
    CORE_TRY_VOID(addLoss(outputs));
    m_isInBackward = true;
    const std::vector<Argument> gradients = addHalf(m_backward);
    for (const Argument& gradient : gradients) {
      const bool isLive = gradient.isNode() && m_isLive[gradient.node().index];
      outputs.push_back(isLive ? gradient : Argument());
    }
    m_builder.setOutputs(std::move(outputs));
    return eliminateDeadCode(std::move(m_builder).freeze()).graph;
  }

 private:
  Result<void> requirePlainStep() const {
    const ir::ViewAndMutationMeta& metadata = m_joint.metadata;
    if (metadata.tracedTangents.empty()) return unsupported("nothing in it needs a gradient.");
    if (metadata.intermediateBases > 0)
      return unsupported("an output is a view of a value inside the model.");
    for (const ir::InputBinding& binding : m_joint.signature.inputBindings)
      if (binding.isView || binding.isReshaped)
        return unsupported("inputs that share memory are written.");
    for (const ir::InputInfo& input : metadata.inputs)
      if (input.mutatesMetadata || (input.mutatesData && input.requiresGrad))
        return unsupported("an input that needs a gradient is written.");
    for (const ir::OutputInfo& output : metadata.outputs) {
      const bool isPlain = !output.isTensor || output.type == ir::OutputType::NonAlias ||
                           output.type == ir::OutputType::UnsafeViewAlias;
      if (!isPlain || output.isUnfollowedView)
        return unsupported("an output is a view of an input or of another output.");
    }
    for (const Node& node : m_joint.graph->nodes())
      if (node.kind == ir::NodeKind::Attribute)
        return unsupported("it reads a constant of a submodule.");
    return requireUnwrittenReads();
  }

  /// The backward reads inputs as they were before the forward wrote them.
  Result<void> requireUnwrittenReads() const {
    for (const Node& node : m_forward.nodes()) {
      if (!node.isCallTo("aten.copy_.default")) continue;
      const NodeId written = node.args[0].node();
      const auto read = m_backward.find(m_forward.node(written).name);
      if (read && !m_backward.users(*read).empty())
        return unsupported("the backward reads '" + m_forward.node(written).name +
                           "', which the forward writes.");
    }
    return {};
  }

  void addPrimals() {
    for (int i = 0; i < m_joint.signature.numPrimals; ++i) {
      const Node& node =
          m_joint.graph->node(m_joint.graph->placeholders()[static_cast<std::size_t>(i)]);
      record(node.name, m_builder.addPlaceholder(node.name, node.value, node.meta), false);
    }
  }

  void record(const std::string& name, NodeId id, bool isLive) {
    m_known[name] = id;
    m_isLive.resize(id.index + 1, false);
    m_isLive[id.index] = isLive;
  }

  /// Copies the calls of a half; its placeholders are values of that name. Returns its outputs.
  std::vector<Argument> addHalf(const ir::Graph& half) {
    std::vector<NodeId> copies(half.size());
    const auto mapped = [&](NodeId id) { return copies[id.index]; };
    for (const Node& node : half.nodes()) {
      if (node.kind == ir::NodeKind::Output) break;
      copies[node.id.index] =
          node.kind == ir::NodeKind::Placeholder ? valueNamed(node.name) : addCopy(node, mapped);
    }
    std::vector<Argument> outputs;
    for (const Argument& output : half.outputs()) outputs.push_back(ir::mapNodes(output, mapped));
    return outputs;
  }

  NodeId valueNamed(const std::string& name) const {
    const auto found = m_known.find(name);
    CORE_CHECK(found != m_known.end(), "nothing provides the value '" + name + "'");
    return found->second;
  }

  template <typename Map>
  NodeId addCopy(const Node& node, Map&& mapped) {
    bool isLive = false;
    ir::forEachInput(node, [&](NodeId input) { isLive |= m_isLive[mapped(input).index]; });
    Node renamed = node;
    renamed.name = freeName(node.name);
    const NodeId copy = m_builder.addCopy(renamed, mapped);
    m_isLive.resize(copy.index + 1, false);
    m_isLive[copy.index] = isLive;
    if (!m_isInBackward) m_known[node.name] = copy;
    return copy;
  }

  std::string freeName(const std::string& name) const {
    std::string free = name;
    for (int i = 1; m_builder.hasName(free); ++i) free = name + "_again_" + std::to_string(i);
    return free;
  }

  NodeId addCall(const std::string& name, const char* target, std::vector<Argument> args,
                 const TensorMeta& meta,
                 std::vector<std::pair<std::string, Argument>> kwargs = {}) {
    return m_builder.addCall(freeName(name), target, std::move(args), std::move(kwargs), meta);
  }

  /// Appends the loss to the forward's outputs, and makes the tangents.
  Result<void> addLoss(std::vector<Argument>& outputs) {
    const std::size_t first = m_joint.metadata.mutatedRuntimeIndices.size();
    std::vector<Argument> ofUser(outputs.begin() + static_cast<std::ptrdiff_t>(first),
                                 outputs.end());
    if (m_lossOutput) {
      CORE_TRY_VOID(requireScalar(ofUser));
      outputs.push_back(ofUser[static_cast<std::size_t>(*m_lossOutput)]);
    } else {
      outputs.push_back(meanSquare(ofUser));
      if (outputs.back().isNone())
        return Error{ErrorCode::InvalidArgument, "The model has no floating-point output.", {}, {}};
    }
    return addTangents(ofUser);
  }

  Result<void> requireScalar(const std::vector<Argument>& outputs) const {
    const auto index = static_cast<std::size_t>(*m_lossOutput);
    const bool isThere = *m_lossOutput >= 0 && index < outputs.size() && outputs[index].isNode();
    const TensorMeta* meta = isThere ? m_builder.node(outputs[index].node()).tensor() : nullptr;
    if (meta && meta->numel() == 1 && ir::isFloatingPoint(meta->dtype)) return {};
    return Error{ErrorCode::InvalidArgument,
                 "Output " + std::to_string(*m_lossOutput) +
                     " is not one floating-point number, so it cannot be the loss.",
                 {},
                 {}};
  }

  const TensorMeta* floatMeta(const Argument& output) const {
    if (!output.isNode()) return nullptr;
    const TensorMeta* meta = m_builder.node(output.node()).tensor();
    return meta && ir::isFloatingPoint(meta->dtype) ? meta : nullptr;
  }

  /// The output in f32, or as it is if that is wider.
  NodeId widened(const Argument& output) {
    TensorMeta meta = *floatMeta(output);
    if (meta.dtype == DType::F64 || meta.dtype == DType::F32) return output.node();
    meta.dtype = DType::F32;
    return addCall("loss_wide", "aten._to_copy.default", {output}, meta, {{"dtype", DType::F32}});
  }

  Argument meanSquare(const std::vector<Argument>& outputs) {
    std::optional<NodeId> loss;
    for (const Argument& output : outputs) {
      if (!floatMeta(output)) continue;
      const NodeId wide = widened(output);
      const TensorMeta meta = *m_builder.node(wide).tensor();
      const NodeId square = addCall("loss_square", "aten.mul.Tensor", {wide, wide}, meta);
      const TensorMeta one = ir::contiguousMeta(meta.dtype, {}, meta.device);
      const NodeId mean = addCall("loss_mean", "aten.mean.default", {square}, one);
      if (!loss) {
        loss = mean;
        continue;
      }
      const bool isDouble =
          meta.dtype == DType::F64 || m_builder.node(*loss).tensor()->dtype == DType::F64;
      loss = addCall("loss_sum", "aten.add.Tensor", {*loss, mean},
                     ir::contiguousMeta(isDouble ? DType::F64 : DType::F32, {}, meta.device));
    }
    return loss ? Argument(*loss) : Argument();
  }

  /// One value per tangent of the joint graph: outputs that carry a gradient, in their order.
  Result<void> addTangents(const std::vector<Argument>& outputs) {
    const ir::ViewAndMutationMeta& metadata = m_joint.metadata;
    auto next = static_cast<std::size_t>(m_joint.signature.numPrimals);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!metadata.outputs[i].isTensor || !metadata.outputs[i].requiresGrad) continue;
      const Node& placeholder = m_joint.graph->node(m_joint.graph->placeholders().at(next++));
      const TensorMeta& meta = *placeholder.tensor();
      const bool isLoss = m_lossOutput && static_cast<std::size_t>(*m_lossOutput) == i;
      if (m_lossOutput) {
        record(placeholder.name, filled(placeholder.name, meta, isLoss ? 1 : 0), isLoss);
        continue;
      }
      CORE_TRY(const NodeId tangent, meanSquareGradient(placeholder.name, outputs[i], meta));
      record(placeholder.name, tangent, true);
    }
    CORE_CHECK(next == m_joint.graph->placeholders().size(), "the metadata misses a tangent");
    return {};
  }

  NodeId filled(const std::string& name, const TensorMeta& meta, double value) {
    Argument::List sizes;
    for (const std::int64_t size : meta.sizeHints()) sizes.emplace_back(size);
    return addCall(name, "aten.full.default", {std::move(sizes), value}, meta,
                   {{"dtype", meta.dtype}});
  }

  /// 2 x / n, rounded to the dtype of x.
  Result<NodeId> meanSquareGradient(const std::string& name, const Argument& output,
                                    const TensorMeta& meta) {
    const TensorMeta own = *floatMeta(output);
    if (own.sizes != meta.sizes || own.strides != meta.strides || own.dtype != meta.dtype)
      return unsupported("the gradient of an output is laid out differently from the output.");
    const NodeId wide = widened(output);
    const double factor = 2.0 / static_cast<double>(std::max<std::int64_t>(own.numel(), 1));
    TensorMeta wideMeta = *m_builder.node(wide).tensor();
    const bool isRounded = wideMeta.dtype != own.dtype;
    const NodeId gradient =
        addCall(isRounded ? "loss_gradient" : name, "aten.mul.Tensor", {wide, factor}, wideMeta);
    if (!isRounded) return gradient;
    return addCall(name, "aten._to_copy.default", {gradient}, own, {{"dtype", own.dtype}});
  }

  const ir::JointGraph& m_joint;
  const ir::Graph& m_forward;
  const ir::Graph& m_backward;
  std::optional<int> m_lossOutput;
  ir::GraphBuilder m_builder;
  std::unordered_map<std::string, NodeId> m_known;  ///< what the halves' placeholders may be
  std::vector<bool> m_isLive;                       ///< by node: the loss's gradient reaches it
  bool m_isInBackward = false;
};

}  // namespace

Result<ir::GraphPtr> wholeStepGraph(const ir::JointGraph& joint, const ir::Graph& forward,
                                    const ir::Graph& backward, std::optional<int> lossOutput) {
  return StepJoiner(joint, forward, backward, lossOutput).run();
}

}  // namespace core::passes
