#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "core/base/json_writer.h"
#include "core/pipeline/find_difference.h"

namespace engine {
namespace {

using namespace core;

void writeDifference(JsonWriter& json, const char* key,
                     const std::optional<run::StepDifference>& difference) {
  json.key(key);
  if (!difference) {
    json.null();
    return;
  }
  json.beginObject()
      .member("half", difference->inBackward ? "backward" : "forward")
      .member("step", difference->step)
      .member("group", difference->group)
      .member("node", difference->node)
      .member("target", difference->target)
      .member("module", difference->module)
      .member("source", difference->source)
      .member("members", difference->members)
      .member("max_abs", difference->maxAbs)
      .member("max_rel", difference->maxRel)
      .endObject();
}

std::string searchJson(const run::StepSearch& search) {
  JsonWriter json(1, 2);
  json.beginObject().member("steps", search.steps).member("values", search.values);
  writeDifference(json, "first", search.first);
  writeDifference(json, "kernel", search.kernel);
  return json.endObject().take();
}

}  // namespace

int bisectCommand(const EngineOptions& options) {
  if (auto supported = checkSupported(options); !supported) return fail(supported.error());
  pipeline::OpenModel open;
  const auto search = pipeline::findDifference(open, options.model, kernelOptions(options),
                                               commandContext(options.quiet));
  if (!search) return fail(search.error());
  std::printf("%s\n", search->sentence().c_str());
  const auto written = writeFile(options.json, searchJson(*search));
  if (!written) return fail(written.error());
  return search->first || search->kernel ? kFailed : kDone;
}

}  // namespace engine
