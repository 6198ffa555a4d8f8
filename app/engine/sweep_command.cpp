// One `bench` for each point of a sweep, each in a process of its own. The process keeps its run
// and marks its point done in one transaction, so whatever dies, nothing that was measured is lost;
// a point whose process ended otherwise is marked failed, and --resume runs it again.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "app/engine/keep_run.h"
#include "core/history/run_history.h"
#include "core/history/sweep_plan.h"

extern char** environ;

namespace engine {
namespace {

using namespace core;
using history::PointState;
using history::Sweep;
using history::SweepPoint;

/// A file for what a child says on stderr; removed in the end.
class ErrorFile {
 public:
  ErrorFile() {
    m_path = (std::filesystem::temp_directory_path() / "aot-sweep-XXXXXX").string();
    m_file = mkstemp(m_path.data());
  }
  ~ErrorFile() {
    if (m_file < 0) return;
    close(m_file);
    unlink(m_path.c_str());
  }
  ErrorFile(const ErrorFile&) = delete;
  ErrorFile& operator=(const ErrorFile&) = delete;

  int descriptor() const { return m_file; }
  std::string lastLine() const {
    std::ifstream text(m_path);
    std::string last;
    for (std::string line; std::getline(text, line);)
      if (!line.empty()) last = line;
    return last;
  }

 private:
  std::string m_path;
  int m_file = -1;
};

/// Runs this program with `words`; what it prints goes nowhere, what it complains of to `errors`.
/// Returns the wait status, -1 if it could not be started.
int runSelf(std::vector<std::string> words, const ErrorFile& errors) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  words.insert(words.begin(), program);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (errors.descriptor() >= 0)
    posix_spawn_file_actions_adddup2(&actions, errors.descriptor(), STDERR_FILENO);
  pid_t child = 0;
  const int error =
      posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return -1;
  int status = -1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string failureText(int status, const ErrorFile& errors) {
  if (status >= 0 && WIFSIGNALED(status))
    return "The process was ended by signal " + std::to_string(WTERMSIG(status)) + ".";
  const std::string line = errors.lastLine();
  return line.empty() ? "The process ended without a run." : line;
}

class SweepRunner {
 public:
  SweepRunner(const EngineOptions& options, history::RunHistory& runs, std::string path)
      : m_options(options), m_runs(runs), m_path(std::move(path)) {}

  Result<std::int64_t> begin() {
    if (m_options.resume > 0) return m_options.resume;
    CORE_TRY(const auto settings, history::sweepSettings(m_options.varied));
    return m_runs.addSweep(m_options.model, settings);
  }

  /// Runs what is not done. Errors: Cancelled, with what is done kept.
  Result<int> run(std::int64_t id, const StageContext& context) {
    CORE_TRY(const Sweep sweep, m_runs.sweep(id));
    int failed = 0;
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
      const SweepPoint& point = sweep.points[i];
      if (point.state == PointState::Done) continue;
      context.progress(static_cast<double>(i) / static_cast<double>(sweep.points.size()),
                       "Sweep: " + point.settings);
      CORE_TRY_VOID(context.checkCancelled("the sweep"));
      CORE_TRY(const bool done, runPoint(sweep, point));
      context.progress(static_cast<double>(i + 1) / static_cast<double>(sweep.points.size()),
                       "Sweep");
      CORE_TRY_VOID(context.checkCancelled("the sweep"));
      failed += done ? 0 : 1;
    }
    return failed;
  }

 private:
  Result<bool> runPoint(const Sweep& sweep, const SweepPoint& point) {
    CORE_TRY_VOID(m_runs.startPoint(sweep.id, point.index));
    std::vector<std::string> words{"bench",
                                   sweep.model,
                                   "--quiet",
                                   "--history",
                                   m_path,
                                   "--sweep-point",
                                   std::to_string(sweep.id) + ":" + std::to_string(point.index)};
    for (const std::string& settings : {point.settings, m_options.with})
      for (std::string& word : history::wordsOf(settings)) words.push_back(std::move(word));
    const ErrorFile errors;
    const int status = runSelf(std::move(words), errors);
    CORE_TRY(const Sweep after, m_runs.sweep(sweep.id));
    const SweepPoint& now = after.points.at(static_cast<std::size_t>(point.index));
    if (now.state == PointState::Done) return true;
    CORE_TRY_VOID(m_runs.failPoint(sweep.id, point.index, failureText(status, errors)));
    return false;
  }

  const EngineOptions& m_options;
  history::RunHistory& m_runs;
  std::string m_path;
};

Result<void> printSweep(history::RunHistory& runs, std::int64_t id) {
  CORE_TRY(const Sweep sweep, runs.sweep(id));
  std::printf("sweep %lld of %s\n", static_cast<long long>(id), sweep.model.c_str());
  for (const SweepPoint& point : sweep.points) {
    std::printf("  %-32s ", point.settings.c_str());
    if (!point.run) {
      std::printf("%s%s%s\n", pointStateName(point.state), point.error.empty() ? "" : ": ",
                  point.error.c_str());
      continue;
    }
    CORE_TRY(const history::KeptRun kept, runs.run(*point.run));
    const run::Measurement& m = kept.measurement;
    if (m.speedup)
      std::printf("%10s  %.3f x [%.3f, %.3f]  peak %s\n",
                  millisecondsText(m.compiled.medianMs).c_str(), m.speedup->median, m.speedup->low,
                  m.speedup->high, bytesText(m.compiled.peakBytes).c_str());
    else
      std::printf("check failed: %s\n", m.check.sentence.c_str());
  }
  return {};
}

}  // namespace

int sweepCommand(const EngineOptions& options) {
  if (options.model.empty() && options.resume == 0)
    return fail({ErrorCode::InvalidArgument,
                 "Name a model to sweep over, or a sweep to go on with (--resume 3).",
                 {},
                 {}});
  const auto path = historyPath(options);
  if (!path) return fail(path.error());
  auto runs = history::RunHistory::open(*path);
  if (!runs) return fail(runs.error());
  SweepRunner runner(options, *runs, *path);
  const auto sweep = runner.begin();
  if (!sweep) return fail(sweep.error());
  const auto failed = runner.run(*sweep, commandContext(options.quiet));
  if (const auto printed = printSweep(*runs, *sweep); !printed) return fail(printed.error());
  if (failed && *failed == 0) return kDone;
  std::printf("Go on with: aot-engine sweep --resume %lld\n", static_cast<long long>(*sweep));
  return failed ? kFailed : fail(failed.error());
}

}  // namespace engine
