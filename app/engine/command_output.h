#pragma once

// What every subcommand does around its work: progress on stderr, errors in one line, JSON files.

#include <string>

#include "app/engine/engine_options.h"
#include "core/base/result.h"
#include "core/base/stage_context.h"

namespace engine {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUse = 2;
inline constexpr int kDeviceLost = 3;  ///< of `serve`: its GPU can be used by a new process only

/// A context that draws a progress bar on stderr when that is a terminal and `quiet` is false, and
/// that Ctrl-C stops.
core::StageContext commandContext(bool quiet);

/// Prints "error: ErrorCode: message" (and the details, indented) on stderr; returns kFailed, or
/// kWrongUse for InvalidArgument.
int fail(const core::Error& error);

/// Writes `text` to `path` through a temporary file. Nothing happens if `path` is empty. Errors:
/// FileNotFound with the path.
core::Result<void> writeFile(const std::string& path, const std::string& text);

/// Options that this build cannot honour: an Error that says so, before any work is done.
core::Result<void> checkSupported(const EngineOptions& options);

/// "1.5 MiB", "12 KiB", "96 B".
std::string bytesText(std::int64_t bytes);
/// "1.23 ms", "45.6 us".
std::string millisecondsText(double ms);

}  // namespace engine
