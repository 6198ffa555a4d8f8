#include "core/run/statistics.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace core::run {
namespace {

constexpr int kResamples = 2'000;
constexpr std::uint64_t kBootstrapSeed = 20'240'607;

/// Positions drawn with replacement. std::uniform_int_distribution differs between libraries, so
/// the drawing is spelled out; the bias of a remainder is of no weight here.
std::vector<std::size_t> drawPositions(std::size_t count, std::mt19937_64& random) {
  std::vector<std::size_t> positions(count);
  for (std::size_t& position : positions) position = random() % count;
  return positions;
}

double medianAt(const std::vector<double>& values, const std::vector<std::size_t>& positions) {
  std::vector<double> drawn;
  drawn.reserve(positions.size());
  for (const std::size_t position : positions) drawn.push_back(values[position]);
  return median(drawn);
}

Verdict verdictOf(const Speedup& speedup) {
  if (speedup.low > 1) return Verdict::Faster;
  if (speedup.high < 1) return Verdict::Slower;
  return Verdict::NoDifferenceShown;
}

}  // namespace

double quantile(std::vector<double> values, double p) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double position = std::clamp(p, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(position));
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
}

double median(const std::vector<double>& values) {
  return quantile(values, 0.5);
}

void summarize(Timing& timing) {
  timing.medianMs = median(timing.samplesMs);
  timing.p10Ms = quantile(timing.samplesMs, 0.1);
  timing.p90Ms = quantile(timing.samplesMs, 0.9);
  timing.minMs = quantile(timing.samplesMs, 0);
  timing.iqrMs = quantile(timing.samplesMs, 0.75) - quantile(timing.samplesMs, 0.25);
}

Speedup speedupOf(const std::vector<double>& eagerMs, const std::vector<double>& compiledMs) {
  Speedup speedup;
  const std::size_t count = std::min(eagerMs.size(), compiledMs.size());
  if (count == 0) return speedup;
  const double compiled = median(compiledMs);
  if (compiled <= 0) return speedup;
  speedup.median = median(eagerMs) / compiled;
  std::mt19937_64 random(kBootstrapSeed);
  std::vector<double> ratios;
  ratios.reserve(kResamples);
  for (int i = 0; i < kResamples; ++i) {
    const std::vector<std::size_t> positions = drawPositions(count, random);
    ratios.push_back(medianAt(eagerMs, positions) / medianAt(compiledMs, positions));
  }
  speedup.low = quantile(ratios, 0.025);
  speedup.high = quantile(ratios, 0.975);
  speedup.verdict = verdictOf(speedup);
  return speedup;
}

}  // namespace core::run
