#include "app/engine/keep_run.h"

#include <charconv>
#include <cstdio>
#include <fstream>

#include "core/base/sha256.h"
#include "core/history/run_history.h"
#include "core/ir/graph_text.h"
#include "core/torch/torch_module.h"

namespace engine {
namespace {

using namespace core;

/// Short, and still the same for equal graphs only.
std::string graphHash(const pipeline::CompileRecord& record) {
  constexpr std::size_t kDigits = 16;
  return record.joint ? sha256(ir::graphText(*record.joint->graph)).substr(0, kDigits)
                      : std::string();
}

std::string processorName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string versions() {
  const auto torch = torch::openTorchModule(0);
  return std::string("aot-engine ") + AOT_VERSION + ", LibTorch " +
         (torch ? (*torch)->torchVersion() : std::string("unknown"));
}

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
  history::RunConditions conditions{
      record.model.name, graphHash(record), processorName(), versions(), {}};
  if (options.sweepPoint.empty()) return runs.keep(conditions, *record.measurement);
  CORE_TRY(const PointName point, pointNamed(options.sweepPoint));
  CORE_TRY(const history::Sweep sweep, runs.sweep(point.sweep));
  for (const history::SweepPoint& each : sweep.points)
    if (each.index == point.index) conditions.settings = each.settings;
  return runs.finishPoint(point.sweep, point.index, conditions, *record.measurement);
}

}  // namespace engine
