#include <cmath>
#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "core/base/json_writer.h"
#include "core/pipeline/compile_pipeline.h"
#include "core/pipeline/model_summary.h"

namespace engine {
namespace {

using namespace core;

void writeChecksum(JsonWriter& json, const std::optional<run::Checksum>& checksum) {
  if (!checksum) {
    json.null();
    return;
  }
  json.beginObject()
      .member("shape", checksum->shape)
      .member("dtype", ir::dtypeName(checksum->dtype))
      .member("sum", checksum->sum)
      .member("abs_sum", checksum->absSum)
      .member("sq_sum", checksum->squareSum)
      .member("first8", checksum->first8)
      .endObject();
}

void writeList(JsonWriter& json, const char* key,
               const std::vector<std::optional<run::Checksum>>& checksums) {
  json.key(key).beginArray();
  for (const auto& checksum : checksums) writeChecksum(json, checksum);
  json.endArray();
}

void writeNamed(JsonWriter& json, const char* key, const std::vector<run::NamedChecksum>& named) {
  json.key(key).beginObject();
  for (const auto& [name, checksum] : named) {
    json.key(name);
    writeChecksum(json, checksum);
  }
  json.endObject();
}

std::string resultJson(const run::StepResult& result, const EngineOptions& options) {
  const bool compiled = result.execution == run::Execution::Compiled;
  JsonWriter json(1, 3);
  json.beginObject()
      .member("format", 1)
      .member("execution", compiled ? "compiled" : "eager")
      .member("device", options.compile.device)
      .member("seconds", result.seconds)
      .member("loss_value", result.lossValue);
  writeList(json, "outputs", result.outputs);
  writeNamed(json, "gradients", result.gradients);
  writeNamed(json, "buffers_after", result.buffersAfter);
  writeList(json, "inputs_after", result.inputsAfter);
  return json.endObject().take();
}

void printChecksum(const std::string& name, const std::optional<run::Checksum>& checksum) {
  if (!checksum) {
    std::printf("  %-40s none\n", name.c_str());
    return;
  }
  const auto meta = ir::contiguousMeta(checksum->dtype, checksum->shape);
  std::printf("  %-40s %-20s sum %.6g  norm %.6g\n", name.c_str(), ir::tensorMetaText(meta).c_str(),
              checksum->sum, std::sqrt(checksum->squareSum));
}

void printResult(const run::StepResult& result) {
  if (result.lossValue) std::printf("loss %.8g\n", *result.lossValue);
  std::printf("outputs\n");
  for (std::size_t i = 0; i < result.outputs.size(); ++i)
    printChecksum(std::to_string(i), result.outputs[i]);
  if (!result.gradients.empty()) std::printf("gradients\n");
  for (const auto& [name, checksum] : result.gradients) printChecksum(name, checksum);
  if (!result.buffersAfter.empty()) std::printf("buffers\n");
  for (const auto& [name, checksum] : result.buffersAfter) printChecksum(name, checksum);
}

Result<run::StepResult> runStep(const EngineOptions& options) {
  CORE_TRY_VOID(checkSupported(options));
  const StageContext context = commandContext(options.quiet);
  pipeline::OpenModel open;
  CORE_TRY_VOID(pipeline::openModel(open, options.model, options.compile, context));
  torch::RunOptions runOptions;
  CORE_TRY(runOptions.loss, pipeline::chooseLoss(*open.loaded, options.compile));
  runOptions.mode = pipeline::chooseMode(*open.loaded, options.compile);
  runOptions.seed = options.compile.seed;
  runOptions.threads = options.compile.threads;
  if (options.execution == run::Execution::Eager) {
    CORE_TRY(torch::TorchModel * model, pipeline::bindTorch(open, options.compile));
    return model->runEager(runOptions, context);
  }
  const auto outcome = pipeline::compile(open, options.model, pipeline::Goal::Build,
                                         kernelOptions(options), context);
  if (outcome.error) return *outcome.error;
  return open.torch->runCompiled(outcome.step, runOptions, context);
}

}  // namespace

int runCommand(const EngineOptions& options) {
  const auto result = runStep(options);
  if (!result) return fail(result.error());
  printResult(*result);
  const auto written = writeFile(options.json, resultJson(*result, options));
  return written ? kDone : fail(written.error());
}

}  // namespace engine
