#pragma once

// What every stage is given beside its input: a way to be stopped, a way to report progress, and
// a way to record remarks.

#include <functional>
#include <stop_token>
#include <string>

#include "core/base/result.h"

namespace core {

enum class LogLevel { Debug, Info, Warning, Error };

const char* logLevelName(LogLevel level);

/// One remark of a stage. The category is the folder that made it ("trace", "partition").
struct LogEntry {
  LogLevel level = LogLevel::Info;
  std::string category;
  std::string text;
};

/// Passed to every stage. Copyable; cheap; the callbacks may be empty.
struct StageContext {
  std::stop_token stop;
  /// Fraction in [0, 1] and a sentence ("Partition: max-flow"). Called from the working thread.
  std::function<void(double fraction, const std::string& what)> onProgress;
  std::function<void(const LogEntry&)> onLog;

  bool stopRequested() const { return stop.stop_requested(); }
  void progress(double fraction, const std::string& what) const {
    if (onProgress) onProgress(fraction, what);
  }
  void log(LogLevel level, std::string category, std::string text) const {
    if (onLog) onLog({level, std::move(category), std::move(text)});
  }
  /// Error{Cancelled} if a stop was requested, else success. Stages call it between units of work.
  Result<void> checkCancelled(const char* stage) const;
};

}  // namespace core
