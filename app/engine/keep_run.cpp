#include "app/engine/keep_run.h"

#include <charconv>

#include "core/history/run_history.h"
#include "core/pipeline/run_conditions.h"

namespace engine {
namespace {

using namespace core;

struct PointName {
  std::int64_t sweep = 0;
  int index = 0;
};

/// "3:7": point 7 of sweep 3.
Result<PointName> pointNamed(const std::string& text) {
  PointName point;
  const char* const end = text.data() + text.size();
  const auto [colon, error] = std::from_chars(text.data(), end, point.sweep);
  if (error == std::errc() && colon != end && *colon == ':') {
    const auto [rest, second] = std::from_chars(colon + 1, end, point.index);
    if (second == std::errc() && rest == end) return point;
  }
  return Error{
      ErrorCode::InvalidArgument, "'" + text + "' is no point of a sweep, as 3:7.", {}, {}};
}

}  // namespace

Result<std::string> historyPath(const EngineOptions& options) {
  const std::string path =
      options.history.empty() ? history::defaultHistoryPath() : options.history;
  if (!path.empty()) return path;
  return Error{ErrorCode::InvalidArgument,
               "There is no home folder to keep runs in; name a file with --history.",
               {},
               {}};
}

Result<std::int64_t> keepRun(const EngineOptions& options, const pipeline::CompileRecord& record) {
  CORE_TRY(const std::string path, historyPath(options));
  CORE_TRY(history::RunHistory runs, history::RunHistory::open(path));
  history::RunConditions conditions =
      pipeline::runConditions(record, std::string("aot-engine ") + AOT_VERSION);
  if (options.sweepPoint.empty()) return runs.keep(conditions, *record.measurement);
  CORE_TRY(const PointName point, pointNamed(options.sweepPoint));
  CORE_TRY(const history::Sweep sweep, runs.sweep(point.sweep));
  for (const history::SweepPoint& each : sweep.points)
    if (each.index == point.index) conditions.settings = each.settings;
  return runs.finishPoint(point.sweep, point.index, conditions, *record.measurement);
}

}  // namespace engine
