#pragma once

// All runs that were measured here, in one SQLite file: to compare with last week, and so that a
// sweep loses nothing when a process dies.

#include <string>
#include <vector>

#include "core/history/database.h"
#include "core/history/kept_run.h"
#include "core/run/profile_study.h"

namespace core::history {

/// $XDG_DATA_HOME/aot-explorer/runs.sqlite, under ~/.local/share if that is not set; empty without
/// a home.
std::string defaultHistoryPath();

class RunHistory {
 public:
  /// Errors: FileNotFound; FormatUnsupported for a file of a newer version, or no such file at all.
  static Result<RunHistory> open(const std::string& path);

  /// Keeps a run and returns its id. Once this returns it survives a crash.
  Result<std::int64_t> keep(const RunConditions& conditions, const run::Measurement& measurement);
  /// Errors: InvalidArgument if there is none with this id.
  Result<KeptRun> run(std::int64_t id);
  /// The newest run of the same model that is at least `days` older than the run `id`; else the
  /// oldest before it. Errors: InvalidArgument if there is no older one.
  Result<KeptRun> runBefore(std::int64_t id, int days);
  /// Keeps where the time of a run's steps went; what was kept of it before is replaced.
  Result<void> keepParts(std::int64_t run, const std::vector<run::PartTime>& parts);
  /// Empty if the run was not profiled.
  Result<std::vector<run::PartTime>> parts(std::int64_t run);
  /// The newest first. `model` empty: of all models.
  Result<std::vector<KeptRun>> runs(const std::string& model, int most);

  /// Starts a sweep over points of these settings, all waiting.
  Result<std::int64_t> addSweep(const std::string& model, const std::vector<std::string>& settings);
  Result<Sweep> sweep(std::int64_t id);
  /// The newest first, without their points.
  Result<std::vector<Sweep>> sweeps();
  Result<void> startPoint(std::int64_t sweep, int index);
  /// Keeps the run and marks the point done, both or neither.
  Result<std::int64_t> finishPoint(std::int64_t sweep, int index, const RunConditions& conditions,
                                   const run::Measurement& measurement);
  Result<void> failPoint(std::int64_t sweep, int index, const std::string& error);

  /// Keeps what a step is run with; `model` is its modelHash(). A preset of that name is replaced.
  /// Errors: InvalidArgument for a name that is empty, and for a word with a line break.
  Result<void> keepPreset(const std::string& model, const Preset& preset);
  Result<void> forgetPreset(const std::string& model, const std::string& name);
  /// Of one model, by name.
  Result<std::vector<Preset>> presets(const std::string& model);

 private:
  explicit RunHistory(Database database) : m_database(std::move(database)) {}
  Result<bool> hasTable(const std::string& name);
  Result<void> setState(std::int64_t sweep, int index, PointState state, const std::string& error);

  Database m_database;
};

}  // namespace core::history
