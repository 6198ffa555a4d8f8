// `history` and `compare`: what was measured before.

#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "app/engine/keep_run.h"
#include "core/base/json_writer.h"
#include "core/history/compare_runs.h"
#include "core/history/run_history.h"
#include "core/run/cautions.h"

namespace engine {
namespace {

using namespace core;
using history::KeptRun;

constexpr int kMostListed = 1'000;

void writeRun(JsonWriter& json, const KeptRun& kept) {
  const run::Measurement& measurement = kept.measurement;
  json.beginObject()
      .member("id", kept.id)
      .member("at", kept.when)
      .member("model", kept.conditions.model)
      .member("graph", kept.conditions.graphHash)
      .member("processor", kept.conditions.processor)
      .member("versions", kept.conditions.versions)
      .member("settings", kept.conditions.settings)
      .member("device", measurement.device)
      .member("threads", measurement.threads)
      .member("budget", measurement.budget)
      .member("check_passed", measurement.check.passed)
      .member("eager_ms", measurement.eager.medianMs)
      .member("compiled_ms", measurement.compiled.medianMs)
      .member("eager_peak_bytes", measurement.eager.peakBytes)
      .member("compiled_peak_bytes", measurement.compiled.peakBytes);
  json.key("speedup");
  if (measurement.speedup)
    json.value(measurement.speedup->median);
  else
    json.null();
  json.endObject();
}

void printRun(const KeptRun& kept) {
  const run::Measurement& measurement = kept.measurement;
  std::printf("%5lld  %s  %-20s %-28s", static_cast<long long>(kept.id), kept.when.c_str(),
              kept.conditions.model.c_str(), kept.conditions.settings.c_str());
  if (!measurement.speedup) {
    std::printf("  check failed\n");
    return;
  }
  std::printf("  %9s  %9s  %.3f x [%.3f, %.3f]  peak %s%s\n",
              millisecondsText(measurement.eager.medianMs).c_str(),
              millisecondsText(measurement.compiled.medianMs).c_str(), measurement.speedup->median,
              measurement.speedup->low, measurement.speedup->high,
              bytesText(measurement.compiled.peakBytes).c_str(),
              run::cautions(measurement).empty() ? "" : "  !");
}

std::string comparisonJson(const history::RunComparison& comparison) {
  JsonWriter json(1, 2);
  json.beginObject().key("change");
  if (comparison.change) {
    json.beginObject()
        .member("ratio", comparison.change->median)
        .member("low", comparison.change->low)
        .member("high", comparison.change->high)
        .member("verdict", run::verdictName(comparison.change->verdict))
        .endObject();
  } else {
    json.null();
  }
  json.member("differences", comparison.differences).key("figures").beginArray();
  for (const history::ComparedFigure& figure : comparison.figures)
    json.beginObject()
        .member("name", figure.name)
        .member("unit", figure.isBytes ? "bytes" : "ms")
        .member("before", figure.before)
        .member("after", figure.after)
        .member("ratio", figure.ratio())
        .endObject();
  return json.endArray().endObject().take();
}

}  // namespace

int historyCommand(const EngineOptions& options) {
  const auto path = historyPath(options);
  if (!path) return fail(path.error());
  auto runs = history::RunHistory::open(*path);
  if (!runs) return fail(runs.error());
  const auto kept = runs->runs(options.model, kMostListed);
  if (!kept) return fail(kept.error());
  if (kept->empty()) std::printf("No runs are kept yet: aot-engine bench MODEL --keep\n");
  JsonWriter json(1, 2);
  json.beginObject().key("runs").beginArray();
  for (const KeptRun& each : *kept) {
    printRun(each);
    writeRun(json, each);
  }
  const auto written = writeFile(options.json, json.endArray().endObject().take());
  return written ? kDone : fail(written.error());
}

int compareCommand(const EngineOptions& options) {
  const auto path = historyPath(options);
  if (!path) return fail(path.error());
  auto runs = history::RunHistory::open(*path);
  if (!runs) return fail(runs.error());
  const auto before = runs->run(options.comparedRuns.at(0));
  if (!before) return fail(before.error());
  const auto after = runs->run(options.comparedRuns.at(1));
  if (!after) return fail(after.error());
  const history::RunComparison comparison = history::compareRuns(*before, *after);
  std::printf("%s\n", comparison.sentence(before->id).c_str());
  for (const std::string& difference : comparison.differences)
    std::printf("  !  %s\n", difference.c_str());
  const auto amount = [](const history::ComparedFigure& figure, double value) {
    return figure.isBytes ? bytesText(static_cast<std::int64_t>(value)) : millisecondsText(value);
  };
  for (const history::ComparedFigure& figure : comparison.figures)
    std::printf("  %-18s %12s  ->  %12s   %.3f x\n", figure.name.c_str(),
                amount(figure, figure.before).c_str(), amount(figure, figure.after).c_str(),
                figure.ratio());
  const auto written = writeFile(options.json, comparisonJson(comparison));
  return written ? kDone : fail(written.error());
}

}  // namespace engine
