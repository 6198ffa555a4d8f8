// Writes drafts first and the graph last, because three things need the whole: dead-code removal
// goes from the end to the start; a backward node takes the module of the *first* forward node with
// its sequence number, removed nodes included; and numbers are moved so that the smallest of the
// nodes that stay is 0. Names are given when a node is made, so removed nodes leave gaps, as in
// PyTorch.

#include "core/trace/graph_writer_torch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "core/base/check.h"
#include "core/ir/graph_builder.h"
#include "core/torch/flat_tensors_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::trace {
namespace {

std::string_view baseName(const c10::OperatorHandle& op) {
  const std::string_view name = op.operator_name().name;
  return name.substr(name.find("::") + 2);
}

/// "aten.linear.default" of "torch.ops.aten.linear.default".
std::string exportedOpOf(const load::ExportNode& node) {
  constexpr std::string_view kPrefix = "torch.ops.";
  const std::string_view target = node.target;
  return std::string(target.starts_with(kPrefix) ? target.substr(kPrefix.size()) : target);
}

/// The program passes a size to this node.
bool writesSizes(const load::ExportNode& node) {
  const auto isName = [](const load::SymIntArgument& argument) {
    return std::holds_alternative<std::string>(argument.value);
  };
  return std::any_of(node.inputs.begin(), node.inputs.end(), [&](const auto& input) {
    if (const auto* one = std::get_if<load::SymIntArgument>(&input.argument)) return isName(*one);
    const auto* list = std::get_if<std::vector<load::SymIntArgument>>(&input.argument);
    return list && std::any_of(list->begin(), list->end(), isName);
  });
}

}  // namespace

GraphWriter::Draft& GraphWriter::append(std::string_view candidate, ir::NodeKind kind,
                                        std::string target) {
  Draft& draft = m_drafts.emplace_back();
  draft.node.id = {static_cast<std::uint32_t>(m_drafts.size() - 1)};
  draft.node.kind = kind;
  draft.node.name = m_names.fresh(candidate);
  draft.node.target = std::move(target);
  return draft;
}

void GraphWriter::bind(const at::Tensor& tensor, ir::NodeId node) {
  m_nodeOf[tensor.unsafeGetTensorImpl()] = node;
}

void GraphWriter::addPlaceholder(const std::string& name, const at::Tensor& value,
                                 const std::string& descriptor, ir::PartitionerTag tag) {
  Draft& draft = append(name, ir::NodeKind::Placeholder, name);
  draft.node.value = torch::tensorMeta(value, m_device);
  draft.node.meta.descriptor = descriptor;
  draft.node.meta.tag = tag;
  draft.mustStay = true;
  bind(value, draft.node.id);
}

void GraphWriter::tagDraft(Draft& draft, const CallTag& tag) const {
  ir::NodeMeta& meta = draft.node.meta;
  meta.tag = tag.partitioner;
  meta.sequenceNumber = tag.sequence;
  meta.gradientAccumulation = tag.accumulation;
  draft.backward = tag.backward;
  if (tag.backward || tag.visit < 0) return;
  const load::ExportNode& origin = *m_visits[static_cast<std::size_t>(tag.visit)];
  if (!origin.moduleStack.empty()) meta.module = origin.moduleStack.back();
  meta.source = origin.source;
  meta.exportedOp = exportedOpOf(origin);
  if (!writesSizes(origin)) draft.sizesFrom = tag.visit;
}

EncodedArguments GraphWriter::encoded(const RecordedCall& call) const {
  try {
    return encodeArguments(call.op.schema(), call.arguments, m_nodeOf, m_device);
  } catch (const c10::NotImplementedError& error) {
    const bool isKnown = call.tag.visit >= 0 && !call.tag.backward;
    TORCH_CHECK_NOT_IMPLEMENTED(
        false, "Cannot trace `", opText(call.op), "`",
        isKnown ? nodeLocation(*m_visits[static_cast<std::size_t>(call.tag.visit)]) : "",
        call.tag.backward ? " in the backward" : "", ": ", error.what_without_backtrace());
  }
}

void GraphWriter::addConstant(const std::string& target, const at::Tensor& value) {
  m_constants.emplace(value.unsafeGetTensorImpl(), target);
}

/// Makes the `get_attr` nodes of the call; false if it reads no constant.
bool GraphWriter::readConstants(const RecordedCall& call) {
  bool any = false;
  for (const c10::IValue& argument : call.arguments)
    forEachTensor(argument, [&](const at::Tensor& tensor) {
      const auto constant = m_constants.find(tensor.unsafeGetTensorImpl());
      if (constant == m_constants.end()) return;
      Draft& draft = append(constant->second, ir::NodeKind::Attribute, constant->second);
      draft.node.value = torch::tensorMeta(tensor, m_device);
      tagDraft(draft, call.tag);
      bind(tensor, draft.node.id);
      any = true;
    });
  return any;
}

void GraphWriter::addCall(const RecordedCall& call) {
  // LibTorch's functionalization makes a clone of what PyTorch leaves a lift.
  const bool isLift = readConstants(call) && baseName(call.op) == "clone";
  EncodedArguments arguments = encoded(call);
  Draft& draft =
      append(fxBaseName(isLift ? "lift_fresh_copy" : baseName(call.op)), ir::NodeKind::Call,
             isLift ? "aten.lift_fresh_copy.default" : opText(call.op));
  draft.node.args = std::move(arguments.args);
  draft.node.kwargs = std::move(arguments.kwargs);
  draft.mustStay =
      call.op.schema().is_mutable() || call.op.hasTag(at::Tag::nondeterministic_seeded);
  draft.node.meta.originalOp = call.originalOp;
  tagDraft(draft, call.tag);
  addResults(call, draft.node.id);
}

void GraphWriter::addResults(const RecordedCall& call, ir::NodeId id) {
  ir::Node& node = m_drafts[id.index].node;
  if (call.results.size() == 1 && call.results.front().isTensor()) {
    const at::Tensor& tensor = call.results.front().toTensor();
    if (!tensor.defined()) return;
    node.value = torch::tensorMeta(tensor, m_device);
    // A writing call returns its target, which keeps its own node.
    const bool known = m_nodeOf.contains(tensor.unsafeGetTensorImpl());
    if (!known || !call.op.schema().is_mutable()) bind(tensor, id);
    return;
  }
  const std::vector<at::Tensor> tensors = torch::flatTensors(call.results);
  node.value = tupleMeta(tensors);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    Draft& item = append("getitem", ir::NodeKind::Call, "getitem");
    item.node.args = {id, static_cast<std::int64_t>(i)};
    item.node.meta.originalOp = call.originalOp;
    tagDraft(item, call.tag);
    if (!tensors[i].defined()) continue;
    item.node.value = torch::tensorMeta(tensors[i], m_device);
    bind(tensors[i], item.node.id);
  }
}

ir::ValueMeta GraphWriter::tupleMeta(const std::vector<at::Tensor>& tensors) const {
  ir::TupleMeta tuple;
  for (const at::Tensor& tensor : tensors)
    tuple.elements.push_back(tensor.defined() ? std::optional(torch::tensorMeta(tensor, m_device))
                                              : std::nullopt);
  return tuple;
}

const std::string* GraphWriter::nameOf(const at::Tensor& value) const {
  const auto found = m_nodeOf.find(value.unsafeGetTensorImpl());
  if (found == m_nodeOf.end() || m_drafts[found->second.index].removed) return nullptr;
  return &m_drafts[found->second.index].node.name;
}

void GraphWriter::removeUnused(const std::vector<ir::Argument>& outputs,
                               const StageContext& context) {
  std::vector<int> uses(m_drafts.size(), 0);
  const auto count = [&](ir::NodeId id) { ++uses[id.index]; };
  for (const Draft& draft : m_drafts) forEachInput(draft.node, count);
  for (const ir::Argument& output : outputs) forEachNode(output, count);
  int removed = 0;
  std::string names;
  for (auto draft = m_drafts.rbegin(); draft != m_drafts.rend(); ++draft) {
    if (draft->mustStay || uses[draft->node.id.index] > 0) continue;
    draft->removed = true;
    forEachInput(draft->node, [&](ir::NodeId id) { --uses[id.index]; });
    ++removed;
    names.insert(0, " " + draft->node.name);
  }
  if (removed > 0)
    context.log(LogLevel::Debug, "trace",
                "Removed " + std::to_string(removed) + " nodes that nobody reads:" + names);
}

void GraphWriter::inheritProvenance() {
  std::unordered_map<std::int64_t, Provenance> owners;
  for (const Draft& draft : m_drafts)
    if (draft.node.meta.sequenceNumber && !draft.backward)
      owners.try_emplace(
          *draft.node.meta.sequenceNumber,
          Provenance{draft.node.meta.module, draft.node.meta.source, draft.node.meta.exportedOp});
  for (Draft& draft : m_drafts) {
    ir::NodeMeta& meta = draft.node.meta;
    if (!meta.sequenceNumber || !draft.backward || meta.gradientAccumulation) continue;
    const auto owner = owners.find(*meta.sequenceNumber);
    if (owner == owners.end()) continue;
    meta.forwardModule = owner->second.module;
    meta.source = owner->second.source;
    meta.exportedOp = owner->second.exportedOp;
  }
}

void GraphWriter::rebaseSequences() {
  std::int64_t smallest = std::numeric_limits<std::int64_t>::max();
  for (const Draft& draft : m_drafts)
    if (!draft.removed && draft.node.meta.sequenceNumber)
      smallest = std::min(smallest, *draft.node.meta.sequenceNumber);
  for (Draft& draft : m_drafts)
    if (draft.node.meta.sequenceNumber) *draft.node.meta.sequenceNumber -= smallest;
}

ir::GraphPtr GraphWriter::build(std::vector<ir::Argument> outputs,
                                std::vector<std::string> descriptors) {
  ir::GraphBuilder builder;
  std::vector<ir::NodeId> placed(m_drafts.size());
  const auto map = [&](ir::NodeId draft) { return placed[draft.index]; };
  for (const Draft& draft : m_drafts) {
    if (draft.removed) continue;
    placed[draft.node.id.index] = builder.addCopy(draft.node, map);
    m_sizesFrom.push_back(draft.sizesFrom);
  }
  for (ir::Argument& output : outputs) output = ir::mapNodes(output, map);
  builder.setOutputs(std::move(outputs), std::move(descriptors));
  m_sizesFrom.push_back(-1);
  return std::move(builder).freeze();
}

ir::GraphPtr GraphWriter::finish(const std::vector<at::Tensor>& outputs,
                                 std::vector<std::string> descriptors, UnusedNodes unused,
                                 const StageContext& context) {
  std::vector<ir::Argument> encoded;
  for (const at::Tensor& output : outputs) {
    if (!output.defined()) {
      encoded.emplace_back();
      continue;
    }
    const auto found = m_nodeOf.find(output.unsafeGetTensorImpl());
    CORE_CHECK(found != m_nodeOf.end(), "an output of the trace was made by no recorded call");
    encoded.emplace_back(found->second);
  }
  if (unused == UnusedNodes::Remove) removeUnused(encoded, context);
  inheritProvenance();
  rebaseSequences();
  return build(std::move(encoded), std::move(descriptors));
}

}  // namespace core::trace
