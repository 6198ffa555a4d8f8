#include "core/ir/metadata_text.h"

namespace core::ir {
namespace {

void addFlag(std::string& line, bool isSet, const char* word) {
  if (isSet) line.append(" ").append(word);
}

std::string inputText(const InputInfo& input) {
  std::string line(mutationTypeName(input.mutationType));
  addFlag(line, input.mutatesData, "data");
  addFlag(line, input.mutatesMetadata, "metadata");
  addFlag(line, input.mutatesStorageMetadata, "storage");
  addFlag(line, input.mutatesData && input.mutationsHiddenFromAutograd, "hidden");
  addFlag(line, input.mutationsUnderNoGrad, "no_grad");
  addFlag(line, !input.isLeaf, "non_leaf");
  addFlag(line, input.requiresGrad, "requires_grad");
  addFlag(line, !input.keepInputMutations, "not_kept");
  return line;
}

std::string outputText(const OutputInfo& output) {
  std::string line(outputTypeName(output.type));
  if (output.baseIndex) line += " " + std::to_string(*output.baseIndex);
  addFlag(line, output.requiresGrad, "requires_grad");
  return line;
}

template <typename Items, typename Write>
void addLines(std::string& text, const char* word, const Items& items, Write&& write) {
  for (std::size_t i = 0; i < items.size(); ++i)
    text += std::string(word) + " " + std::to_string(i) + ": " + write(i) + "\n";
}

}  // namespace

std::string metadataText(const ViewAndMutationMeta& metadata) {
  std::string text = metadata.isTrain ? "training\n" : "inference\n";
  addLines(text, "input", metadata.inputs,
           [&](std::size_t i) { return inputText(metadata.inputs[i]); });
  addLines(text, "output", metadata.outputs,
           [&](std::size_t i) { return outputText(metadata.outputs[i]); });
  addLines(text, "tangent", metadata.tracedTangents, [&](std::size_t i) {
    const bool named = i < metadata.tracedTangentDescriptors.size();
    return tensorMetaText(metadata.tracedTangents[i]) +
           (named ? " " + metadata.tracedTangentDescriptors[i] : std::string());
  });
  if (metadata.intermediateBases > 0)
    text += "intermediate bases: " + std::to_string(metadata.intermediateBases) + "\n";
  if (metadata.gradEnabledMutation)
    text +=
        std::string("grad mode after: ") + (*metadata.gradEnabledMutation ? "on" : "off") + "\n";
  return text;
}

}  // namespace core::ir
