#include "core/load/capture/metadata_reader.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace core::load {
namespace {

Result<ir::InputInfo> readInputInfo(Json info, const ValueReader& values) {
  ir::InputInfo input;
  input.isLeaf = jsonFlag(info, "is_leaf", true);
  input.mutatesData = jsonFlag(info, "mutates_data", false);
  input.mutatesMetadata = jsonFlag(info, "mutates_metadata", false);
  input.mutationsHiddenFromAutograd = jsonFlag(info, "mutations_hidden_from_autograd", true);
  input.mutationsUnderNoGrad = jsonFlag(info, "mutations_under_no_grad_or_inference_mode", false);
  input.mutatesStorageMetadata = jsonFlag(info, "mutates_storage_metadata", false);
  input.requiresGrad = jsonFlag(info, "requires_grad", false);
  input.keepInputMutations = jsonFlag(info, "keep_input_mutations", true);
  const std::string type = jsonText(info, "mutation_type");
  const auto known = ir::mutationTypeFromName(type);
  if (!known) return malformed("metadata: unknown mutation type '" + type + "'");
  input.mutationType = *known;
  if (const auto after = jsonMember(info, "val_after"); after && !after->is_null()) {
    CORE_TRY(input.metaAfter, values.readTensor(*after));
  }
  return input;
}

Result<ir::OutputInfo> readOutputInfo(Json info, const ValueReader& values) {
  ir::OutputInfo output;
  const std::string type = jsonText(info, "output_type");
  const auto known = ir::outputTypeFromName(type);
  if (!known) return malformed("metadata: unknown output type '" + type + "'");
  output.type = *known;
  if (const auto base = jsonGet<std::int64_t>(info, "base_idx"))
    output.baseIndex = static_cast<int>(*base);
  output.requiresGrad = jsonFlag(info, "requires_grad", false);
  output.isUnfollowedView = jsonFlag(info, "is_unfollowed_view", false);
  output.isTensor = jsonFlag(info, "is_tensor", true);
  output.storageOffset = jsonGet<std::int64_t>(info, "storage_offset").value_or(0);
  output.dynamicDims = jsonInts(info, "dynamic_dims");
  if (const auto value = jsonMember(info, "val"); value && !value->is_null()) {
    CORE_TRY(output.meta, values.readTensor(*value));
  }
  return output;
}

/// The `i` of "PlainAOTInput(idx=i)" inside a descriptor, which may wrap it.
std::optional<std::size_t> userInputIndex(std::string_view descriptor) {
  constexpr std::string_view kPlain = "PlainAOTInput(idx=";
  const auto found = descriptor.find(kPlain);
  if (found == std::string_view::npos) return std::nullopt;
  const std::string_view digits = descriptor.substr(found + kPlain.size());
  std::size_t index = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  return parsed.ec == std::errc() ? std::optional(index) : std::nullopt;
}

/// One number per primal, equal where user inputs share a storage; empty if none do.
std::vector<int> storageOfPrimals(const ir::Graph& graph, int numPrimals,
                                  const std::vector<Json>& userInputs) {
  std::vector<int> storages;
  std::map<std::int64_t, int> firstPrimal;
  bool anyShared = false;
  for (int primal = 0; primal < numPrimals; ++primal) {
    const ir::Node& node = graph.node(graph.placeholders()[static_cast<std::size_t>(primal)]);
    const auto input = userInputIndex(node.meta.descriptor);
    storages.push_back(primal);
    if (!input || *input >= userInputs.size()) continue;
    const auto storage = jsonGet<std::int64_t>(userInputs[*input], "storage");
    if (!storage) continue;
    const auto [position, isNew] = firstPrimal.emplace(*storage, primal);
    storages.back() = position->second;
    anyShared = anyShared || !isNew;
  }
  return anyShared ? storages : std::vector<int>();
}

Result<ir::InputBinding> readBinding(Json element, const ValueReader& values) {
  ir::InputBinding binding;
  binding.primal = static_cast<int>(jsonGet<std::int64_t>(element, "primal").value_or(0));
  binding.storageOffset = jsonGet<std::int64_t>(element, "storage_offset").value_or(0);
  binding.isWritten = jsonFlag(element, "is_written", false);
  binding.isReshaped = jsonFlag(element, "is_reshaped", false);
  binding.attribute = jsonText(element, "attribute");
  if (const auto view = jsonMember(element, "view"); view && !view->is_null()) {
    binding.isView = true;
    CORE_TRY(binding.view, values.readTensor(*view));
  }
  return binding;
}

}  // namespace

Result<ir::ViewAndMutationMeta> readMetadata(Json metadata, const ValueReader& values) {
  ir::ViewAndMutationMeta meta;
  for (Json info : jsonElements(metadata, "input_info")) {
    CORE_TRY(ir::InputInfo input, readInputInfo(info, values));
    meta.inputs.push_back(std::move(input));
  }
  for (Json info : jsonElements(metadata, "output_info")) {
    CORE_TRY(ir::OutputInfo output, readOutputInfo(info, values));
    meta.outputs.push_back(std::move(output));
  }
  for (Json tangent : jsonElements(metadata, "traced_tangents")) {
    CORE_TRY(ir::TensorMeta tensor, values.readTensor(tangent));
    meta.tracedTangents.push_back(std::move(tensor));
  }
  meta.intermediateBases =
      static_cast<int>(jsonGet<std::int64_t>(metadata, "num_intermediate_bases").value_or(0));
  meta.isTrain = jsonFlag(metadata, "is_train", true);
  meta.mutatedRuntimeIndices = jsonInts(metadata, "mutated_inp_runtime_indices");
  meta.mutatedGraphHandledIndices = jsonInts(metadata, "mutated_graph_handled_indices");
  meta.tracedTangentDescriptors = jsonTexts(metadata, "traced_tangents_descs");
  meta.staticInputIndices = jsonInts(metadata, "static_input_indices");
  meta.gradEnabledMutation = jsonGet<bool>(metadata, "grad_enabled_mutation");
  return meta;
}

Result<ir::JointSignature> readSignature(Json capture, const std::vector<Json>& userInputs,
                                         const ir::Graph& graph, const ValueReader& values) {
  ir::JointSignature signature;
  signature.parameterOrder = jsonTexts(capture, "param_order");
  signature.bufferOrder = jsonTexts(capture, "buffer_order");
  const auto& placeholders = graph.placeholders();
  signature.numPrimals =
      static_cast<int>(std::count_if(placeholders.begin(), placeholders.end(), [&](ir::NodeId id) {
        return graph.node(id).name.find("tangents") == std::string::npos;
      }));
  const auto outputs = jsonGet<std::int64_t>(capture, "num_fwd_outputs");
  if (!outputs || *outputs < 0 || *outputs > static_cast<std::int64_t>(graph.outputs().size()))
    return malformed("`num_fwd_outputs` is absent or more than the graph returns");
  signature.numForwardOutputs = static_cast<int>(*outputs);
  signature.primalStorage = jsonInts(capture, "primal_storage");
  if (signature.primalStorage.empty())
    signature.primalStorage = storageOfPrimals(graph, signature.numPrimals, userInputs);
  for (Json element : jsonElements(capture, "input_bindings")) {
    CORE_TRY(ir::InputBinding binding, readBinding(element, values));
    if (binding.primal < -1 || binding.primal >= signature.numPrimals)
      return malformed("`input_bindings` names a primal that the graph does not have");
    signature.inputBindings.push_back(std::move(binding));
  }
  return signature;
}

}  // namespace core::load
