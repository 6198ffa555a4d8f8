#include "core/pipeline/model_hash.h"

#include "core/base/sha256.h"

namespace core::pipeline {

std::string modelHash(const ModelSummary& model) {
  constexpr std::size_t kDigits = 16;
  std::string text;
  const auto add = [&text](const std::string& name, const std::string& value) {
    text += name + '\0' + value + '\n';
  };
  for (const auto* ports : {&model.inputs, &model.outputs})
    for (const ModelInput& port : *ports) add(port.name, ir::tensorMetaText(port.meta));
  for (const ModelParameter& parameter : model.parameters)
    add(parameter.name, ir::tensorMetaText(parameter.meta));
  for (const auto& [op, count] : model.opCounts) add(op, std::to_string(count));
  return sha256(text).substr(0, kDigits);
}

}  // namespace core::pipeline
