#include "core/run/machine_load.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace core::run {
namespace {

std::string contentOf(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<ProcessorTimes> processorTimes() {
  return parseProcessorTimes(contentOf("/proc/stat"), static_cast<double>(sysconf(_SC_CLK_TCK)));
}

double ownSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// How often the cores were slowed down because they were too hot, since the machine started.
std::int64_t throttleEvents() {
  std::int64_t events = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/devices/system/cpu", error)) {
    const std::string text = contentOf(entry.path() / "thermal_throttle/core_throttle_count");
    std::int64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    events += count;
  }
  return events;
}

}  // namespace

std::optional<ProcessorTimes> parseProcessorTimes(std::string_view text, double ticksPerSecond) {
  // cpu  user nice system idle iowait irq softirq steal guest guest_nice; user holds guest.
  constexpr std::string_view kLabel = "cpu ";
  constexpr std::size_t kIdle = 3, kWaiting = 4, kStolen = 7, kFields = 8;
  if (text.substr(0, kLabel.size()) != kLabel) return std::nullopt;
  text = text.substr(kLabel.size(), text.find('\n') - kLabel.size());
  std::vector<double> ticks;
  while (ticks.size() < kFields) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    ticks.push_back(static_cast<double>(value));
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  ProcessorTimes times;
  for (std::size_t i = 0; i < ticks.size(); ++i)
    if (i != kIdle && i != kWaiting) times.busy += ticks[i] / ticksPerSecond;
  times.stolen = ticks[kStolen] / ticksPerSecond;
  return times;
}

LoadMeter::LoadMeter()
    : m_start(std::chrono::steady_clock::now()),
      m_processors(processorTimes()),
      m_own(ownSeconds()),
      m_throttles(throttleEvents()) {}

MachineLoad LoadMeter::load() const {
  MachineLoad load;
  load.cores = static_cast<int>(std::thread::hardware_concurrency());
  load.throttles = std::max<std::int64_t>(0, throttleEvents() - m_throttles);
  const std::optional<ProcessorTimes> now = processorTimes();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
  if (!now || !m_processors || seconds <= 0) return load;
  const double stolen = now->stolen - m_processors->stolen;
  const double others = now->busy - m_processors->busy - stolen - (ownSeconds() - m_own);
  load.otherCores = std::max(0.0, others / seconds);
  load.stolenCores = std::max(0.0, stolen / seconds);
  return load;
}

}  // namespace core::run
