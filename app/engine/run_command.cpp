#include <cmath>
#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "app/engine/entries_output.h"
#include "core/base/json_writer.h"
#include "core/pipeline/compiled_entries.h"
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

/// One call as it was served.
struct Call {
  std::string inputs;  ///< the file; empty: the model's samples
  pipeline::ServedCall served;
};

/// Everything that was run; the last call's result is the one that is shown in full.
struct Session {
  std::vector<Call> calls;
  run::EntriesRecord entries;
};

void writeCalls(JsonWriter& json, const std::vector<Call>& calls) {
  json.key("calls").beginArray();
  for (const auto& [inputs, served] : calls) {
    json.beginObject().member("inputs", inputs).member("loss_value", served.result.lossValue);
    json.key("entry");
    served.entry ? json.value(static_cast<std::int64_t>(*served.entry)) : json.null();
    json.member("compiled", served.isCompiled)
        .member("misses", served.misses)
        .member("fallback", served.fallback)
        .endObject();
  }
  json.endArray();
}

std::string resultJson(const Session& session, const EngineOptions& options) {
  const run::StepResult& result = session.calls.back().served.result;
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
  writeCalls(json, session.calls);
  writeEntries(json, session.entries);
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

/// What became of each call, where there were several or one needed a word.
void printCalls(const Session& session) {
  if (session.calls.size() < 2) return;
  for (const auto& [inputs, served] : session.calls) {
    std::printf("call %s: ", inputs.c_str());
    if (served.entry) {
      std::printf("%sentry %zu", served.isCompiled ? "compiled " : "", *served.entry);
    } else {
      std::printf("eager. %s", served.fallback.c_str());
    }
    std::printf("\n");
    for (const std::string& miss : served.misses) std::printf("  %s\n", miss.c_str());
  }
  printBackwards(session.entries);
  printCounters(session.entries.counters);
}

/// Calls the model with each set of inputs in turn.
Result<Session> runAll(const EngineOptions& options) {
  CORE_TRY_VOID(checkSupported(options));
  const StageContext context = commandContext(options.quiet);
  pipeline::OpenModel open;
  CORE_TRY_VOID(pipeline::openModel(open, options.model, options.compile, context));
  torch::RunOptions runOptions;
  CORE_TRY(runOptions.loss, pipeline::chooseLoss(*open.loaded, options.compile));
  runOptions.mode = pipeline::chooseMode(*open.loaded, options.compile);
  runOptions.seed = options.compile.seed;
  runOptions.threads = options.compile.threads;
  CORE_TRY(runOptions.device, pipeline::chosenDevice(options.compile));
  CORE_TRY_VOID(pipeline::requireDevice(options.compile));
  pipeline::CompiledEntries entries(open, options.model, kernelOptions(options));
  Session session;
  std::vector<std::string> inputSets = options.inputSets;
  if (inputSets.empty()) inputSets.emplace_back();
  for (const std::string& path : inputSets) {
    pipeline::CompileOptions compile = options.compile;
    compile.inputsPath = path;
    CORE_TRY(load::InputSet inputs, pipeline::chosenInputs(open, compile));
    Call call{path, {}};
    if (options.execution == run::Execution::Eager) {
      CORE_TRY(torch::TorchModel * model, pipeline::bindInputs(open, compile, std::move(inputs)));
      CORE_TRY(call.served.result, model->runEager(runOptions, context));
    } else {
      CORE_TRY(call.served, entries.call(inputs, runOptions, context));
    }
    session.calls.push_back(std::move(call));
  }
  session.entries = entries.record();
  return session;
}

}  // namespace

int runCommand(const EngineOptions& options) {
  const auto session = runAll(options);
  if (!session) return fail(session.error());
  printCalls(*session);
  printResult(session->calls.back().served.result);
  const auto written = writeFile(options.json, resultJson(*session, options));
  return written ? kDone : fail(written.error());
}

}  // namespace engine
