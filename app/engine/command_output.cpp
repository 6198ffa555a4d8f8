#include "app/engine/command_output.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/pipeline/open_model.h"

namespace engine {
namespace {

std::stop_source& interruption() {
  static std::stop_source source;
  return source;
}

std::atomic<bool> g_interrupted{false};

// A signal handler may only set a flag; the progress callback, which every stage calls between
// units of work, turns it into a stop request.
extern "C" void onInterrupt(int) {
  g_interrupted = true;
}

void drawBar(double fraction, const std::string& what) {
  constexpr int kWidth = 24;
  const int filled = static_cast<int>(fraction * kWidth + 0.5);
  std::fprintf(stderr, "\r\033[K[%s%s] %3.0f %%  %s", std::string(filled, '#').c_str(),
               std::string(kWidth - filled, '.').c_str(), fraction * 100, what.c_str());
  if (fraction >= 1) std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

std::string format(const char* pattern, double value, const char* unit) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), pattern, value, unit);
  return text.data();
}

}  // namespace

core::StageContext commandContext(bool quiet) {
  std::signal(SIGINT, onInterrupt);
  core::StageContext context;
  context.stop = interruption().get_token();
  const bool draw = !quiet && isatty(STDERR_FILENO) == 1;
  context.onProgress = [draw](double fraction, const std::string& what) {
    if (g_interrupted) interruption().request_stop();
    if (draw) drawBar(fraction, what);
  };
  if (!quiet) {
    context.onLog = [](const core::LogEntry& entry) {
      if (entry.level >= core::LogLevel::Warning)
        std::fprintf(stderr, "%s: %s: %s\n", core::logLevelName(entry.level),
                     entry.category.c_str(), entry.text.c_str());
    };
  }
  return context;
}

int fail(const core::Error& error) {
  if (isatty(STDERR_FILENO) == 1) std::fputs("\r\033[K", stderr);
  std::fprintf(stderr, "error: %s: %s\n", core::errorCodeName(error.code), error.message.c_str());
  if (!error.details.empty()) std::fprintf(stderr, "%s\n", error.details.c_str());
  return error.code == core::ErrorCode::InvalidArgument ? kWrongUse : kFailed;
}

core::Result<void> writeFile(const std::string& path, const std::string& text) {
  if (path.empty()) return {};
  // A pipe or a device is written to; only a file may be replaced by another.
  std::error_code unknown;
  const bool isStream = std::filesystem::is_other(path, unknown);
  const std::string temporary = isStream ? path : path + ".part";
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  if (file && !isStream) std::filesystem::rename(temporary, path, error);
  if (file && !error) return {};
  if (!isStream) std::filesystem::remove(temporary, error);
  return core::Error{core::ErrorCode::FileNotFound,
                     "Cannot write '" + path + "'. Does its folder exist, and is there room?",
                     {},
                     {}};
}

core::Result<void> checkSupported(const EngineOptions& options) {
  using core::ErrorCode;
  CORE_TRY_VOID(core::pipeline::chosenDevice(options.compile));
  return {};
}

std::string bytesText(std::int64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes >= 1 << 20) return format("%.2f %s", value / (1 << 20), "MiB");
  if (bytes >= 1 << 10) return format("%.1f %s", value / (1 << 10), "KiB");
  return std::to_string(bytes) + " B";
}

std::string millisecondsText(double ms) {
  return ms >= 1 ? format("%.2f %s", ms, "ms") : format("%.1f %s", ms * 1e3, "us");
}

}  // namespace engine
