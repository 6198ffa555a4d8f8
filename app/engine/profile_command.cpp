#include <algorithm>
#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "core/base/json_writer.h"
#include "core/pipeline/profile_model.h"
#include "core/run/profile_gaps.h"

namespace engine {
namespace {

using namespace core;

constexpr std::size_t kMostPrinted = 15;

void printStep(const char* name, const run::StepProfile& step) {
  std::printf(
      "%s: %s a step; operators and kernels take %.1f %% of it, names in parentheses %.1f %%\n",
      name, millisecondsText(step.wallUs / 1e3).c_str(), run::shareInOperators(step) * 100,
      (step.covered() - run::shareInOperators(step)) * 100);
  const std::vector<run::ProfileTotal> totals = run::totalsByName(step);
  for (std::size_t i = 0; i < std::min(totals.size(), kMostPrinted); ++i)
    std::printf("  %5.1f %%  %10s  %4d x  %s\n", totals[i].us / step.wallUs * 100,
                millisecondsText(totals[i].us / 1e3).c_str(), totals[i].count,
                totals[i].name.c_str());
  if (totals.size() > kMostPrinted)
    std::printf("           %zu more names\n", totals.size() - kMostPrinted);
}

void writeStep(JsonWriter& json, const char* key, const run::StepProfile& step) {
  json.key(key)
      .beginObject()
      .member("wall_us", step.wallUs)
      .member("covered", step.covered())
      .member("in_operators", run::shareInOperators(step))
      .key("slices")
      .beginArray();
  for (const run::ProfileSlice& slice : step.slices)
    json.beginObject()
        .member("name", slice.name)
        .member("node", slice.node)
        .member("half", slice.inBackward ? "backward" : "forward")
        .member("start_us", slice.startUs)
        .member("us", slice.durationUs)
        .endObject();
  json.endArray().endObject();
}

}  // namespace

int profileCommand(const EngineOptions& options) {
  if (auto supported = checkSupported(options); !supported) return fail(supported.error());
  pipeline::OpenModel open;
  const auto profile = pipeline::profileModel(open, options.model, kernelOptions(options),
                                              commandContext(options.quiet));
  if (!profile) return fail(profile.error());
  printStep("eager", profile->eager);
  printStep("compiled", profile->compiled);
  JsonWriter json(1, 3);
  json.beginObject();
  writeStep(json, "eager", profile->eager);
  writeStep(json, "compiled", profile->compiled);
  if (const auto written = writeFile(options.json, json.endObject().take()); !written)
    return fail(written.error());
  const auto written = writeFile(options.perfetto, run::chromeTrace(*profile));
  return written ? kDone : fail(written.error());
}

}  // namespace engine
