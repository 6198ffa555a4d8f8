#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "app/engine/log_command.h"
#include "core/base/json_writer.h"
#include "core/pipeline/compile_pipeline.h"

namespace engine {
namespace {

using namespace core::pipeline;

void printTensors(const char* title, const std::vector<ModelInput>& tensors) {
  std::printf("%s\n", title);
  for (const ModelInput& tensor : tensors)
    std::printf("  %-24s %s\n", tensor.name.c_str(), core::ir::tensorMetaText(tensor.meta).c_str());
}

void printSummary(const ModelSummary& model) {
  std::int64_t parameters = 0;
  std::int64_t bytes = 0;
  for (const ModelParameter& parameter : model.parameters) {
    if (parameter.isParameter) parameters += parameter.meta.numel();
    bytes += parameter.meta.bytes();
  }
  std::printf("%s: exported by torch %s, %s\n", model.name.c_str(), model.torchVersion.c_str(),
              bytesText(static_cast<std::int64_t>(model.fileBytes)).c_str());
  printTensors("Inputs", model.inputs);
  printTensors("Outputs", model.outputs);
  std::printf("Parameters and buffers: %zu tensors, %lld trainable numbers, %s\n",
              model.parameters.size(), static_cast<long long>(parameters),
              bytesText(bytes).c_str());
  std::printf("Operators\n");
  for (const auto& [op, count] : model.opCounts) std::printf("  %5d  %s\n", count, op.c_str());
  std::printf("Modules\n");
  for (const auto& module : model.modules)
    std::printf("  %-32s %s\n", module.path.empty() ? "(root)" : module.path.c_str(),
                module.className.c_str());
  if (model.unsupported.empty()) return;
  std::printf("A trace would stop at\n");
  for (const UnsupportedNode& node : model.unsupported)
    std::printf("  %s in '%s' %s\n    %s\n", node.target.c_str(), node.module.c_str(),
                node.source.c_str(), node.reason.c_str());
}

void writeTensor(core::JsonWriter& json, const std::string& name,
                 const core::ir::TensorMeta& meta) {
  json.member("name", name)
      .member("shape", meta.sizeHints())
      .member("dtype", core::ir::dtypeName(meta.dtype))
      .member("stride", meta.strideHints());
}

void writeTensors(core::JsonWriter& json, const char* key, const std::vector<ModelInput>& tensors) {
  json.key(key).beginArray();
  for (const ModelInput& tensor : tensors) {
    json.beginObject();
    writeTensor(json, tensor.name, tensor.meta);
    json.endObject();
  }
  json.endArray();
}

std::string summaryJson(const ModelSummary& model) {
  core::JsonWriter json(1, 3);
  json.beginObject()
      .member("name", model.name)
      .member("path", model.path)
      .member("file_bytes", model.fileBytes)
      .member("torch", model.torchVersion);
  writeTensors(json, "inputs", model.inputs);
  writeTensors(json, "outputs", model.outputs);
  json.key("parameters").beginArray();
  for (const ModelParameter& parameter : model.parameters) {
    json.beginObject();
    writeTensor(json, parameter.name, parameter.meta);
    json.member("is_parameter", parameter.isParameter)
        .member("requires_grad", parameter.requiresGrad)
        .endObject();
  }
  json.endArray().key("op_counts").beginObject();
  for (const auto& [op, count] : model.opCounts) json.member(op, count);
  json.endObject().key("modules").beginArray();
  for (const auto& module : model.modules)
    json.beginArray().value(module.path).value(module.className).endArray();
  json.endArray().key("unsupported").beginArray();
  for (const UnsupportedNode& node : model.unsupported)
    json.beginObject()
        .member("target", node.target)
        .member("module", node.module)
        .member("source", node.source)
        .member("reason", node.reason)
        .endObject();
  return json.endArray().endObject().take();
}

}  // namespace

int inspectCommand(const EngineOptions& options) {
  if (opensLog(options)) return inspectLog(options);
  OpenModel open;
  const auto outcome =
      compile(open, options.model, Goal::Inspect, options.compile, commandContext(options.quiet));
  if (outcome.error) return fail(*outcome.error);
  printSummary(outcome.record->model);
  const auto written = writeFile(options.json, summaryJson(outcome.record->model));
  return written ? kDone : fail(written.error());
}

}  // namespace engine
