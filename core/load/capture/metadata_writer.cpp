#include "core/load/capture/graph_writer.h"

namespace core::load {
namespace {

void writeInputInfo(JsonWriter& json, const ir::InputInfo& input) {
  json.beginObject()
      .member("is_leaf", input.isLeaf)
      .member("mutates_data", input.mutatesData)
      .member("mutates_metadata", input.mutatesMetadata)
      .member("mutations_hidden_from_autograd", input.mutationsHiddenFromAutograd)
      .member("mutations_under_no_grad_or_inference_mode", input.mutationsUnderNoGrad)
      .member("mutates_storage_metadata", input.mutatesStorageMetadata)
      .member("requires_grad", input.requiresGrad)
      .member("keep_input_mutations", input.keepInputMutations)
      .member("mutation_type", ir::mutationTypeName(input.mutationType));
  if (input.metaAfter) writeTensorMeta(json.key("val_after"), *input.metaAfter);
  json.endObject();
}

void writeOutputInfo(JsonWriter& json, const ir::OutputInfo& output) {
  json.beginObject()
      .member("output_type", ir::outputTypeName(output.type))
      .member("base_idx", output.baseIndex)
      .member("requires_grad", output.requiresGrad)
      .member("is_unfollowed_view", output.isUnfollowedView)
      .member("is_tensor", output.isTensor)
      .member("storage_offset", output.storageOffset)
      .member("dynamic_dims", output.dynamicDims);
  if (output.meta) writeTensorMeta(json.key("val"), *output.meta);
  json.endObject();
}

bool isAlias(ir::OutputType type) {
  switch (type) {
    case ir::OutputType::AliasOfInput:
    case ir::OutputType::IsInput:
    case ir::OutputType::AliasOfIntermediate:
    case ir::OutputType::AliasOfIntermediateSaveAsOutput:
    case ir::OutputType::AliasOfIntermediateBaseIsUserOutput: return true;
    case ir::OutputType::NonAlias:
    case ir::OutputType::UnsafeViewAlias:
    case ir::OutputType::CustomFunctionView: return false;
  }
  return false;
}

}  // namespace

void writeMetadata(JsonWriter& json, const ir::ViewAndMutationMeta& metadata) {
  json.beginObject().member("is_train", metadata.isTrain).key("input_info").beginArray();
  for (const ir::InputInfo& input : metadata.inputs) writeInputInfo(json, input);
  json.endArray().key("output_info").beginArray();
  std::vector<int> aliases, unsafeViews;
  for (std::size_t i = 0; i < metadata.outputs.size(); ++i) {
    const ir::OutputInfo& output = metadata.outputs[i];
    writeOutputInfo(json, output);
    if (isAlias(output.type)) aliases.push_back(static_cast<int>(i));
    if (output.type == ir::OutputType::UnsafeViewAlias) unsafeViews.push_back(static_cast<int>(i));
  }
  const std::size_t returns = metadata.mutatedRuntimeIndices.size() + metadata.outputs.size() +
                              static_cast<std::size_t>(metadata.intermediateBases);
  json.endArray()
      .member("num_intermediate_bases", metadata.intermediateBases)
      .member("keep_input_mutations", true)
      .member("mutated_inp_runtime_indices", metadata.mutatedRuntimeIndices)
      .member("mutated_graph_handled_indices", metadata.mutatedGraphHandledIndices)
      .member("aliased_out_indices", aliases)
      .member("unsafe_view_out_indices", unsafeViews)
      .member("num_forward", returns)
      .member("num_forward_returns", returns)
      .member("num_traced_tangents", metadata.tracedTangents.size())
      .key("traced_tangents")
      .beginArray();
  for (const ir::TensorMeta& tangent : metadata.tracedTangents) writeTensorMeta(json, tangent);
  json.endArray()
      .member("traced_tangents_descs", metadata.tracedTangentDescriptors)
      .member("static_input_indices", metadata.staticInputIndices)
      .member("grad_enabled_mutation", metadata.gradEnabledMutation)
      .endObject();
}

}  // namespace core::load
