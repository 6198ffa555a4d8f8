// Speed-up from alternating samples.
//
// The estimate is the ratio of the medians; its interval is a bootstrap over rounds, which draws
// both samples of a round together. When the speed of the machine drifts during a run, the medians
// of the two lists fall into different moments and the interval becomes far too wide, though each
// round compares like with like. So the rounds are looked at first: if the common speed of
// neighbouring rounds is correlated (rank correlation at lag 1, beyond one and a half
// standard errors of independence), both samples of every round are divided by the running median
// of that common speed. Without drift nothing is divided: the division would remove part of a
// difference that only one variant has (a second mode). tst_speedup_coverage measures both cases.

#include "core/run/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace core::run {
namespace {

constexpr int kResamples = 2'000;
constexpr std::uint64_t kBootstrapSeed = 20'240'607;
constexpr std::size_t kDriftWindow = 5;   ///< rounds
constexpr std::size_t kDriftRounds = 8;   ///< below so many, drift cannot be told from noise
constexpr double kDriftDeviations = 1.5;  ///< standard errors of the rank correlation

/// Samples of both variants, by round.
struct Rounds {
  std::vector<double> eager;
  std::vector<double> compiled;

  std::size_t count() const { return eager.size(); }
};

/// Reorders `values`.
double medianInPlace(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

/// Ranks from 0; of equal values the earlier one comes first.
std::vector<std::size_t> ranksOf(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<std::size_t> ranks(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) ranks[order[i]] = i;
  return ranks;
}

/// Medians of draws with replacement from one list, by counting how often each rank was drawn.
class DrawnMedian {
 public:
  explicit DrawnMedian(const std::vector<double>& values)
      : m_sorted(values), m_ranks(ranksOf(values)), m_counts(values.size(), 0) {
    std::sort(m_sorted.begin(), m_sorted.end());
  }

  void draw(std::size_t position) { ++m_counts[m_ranks[position]]; }

  /// Of as many draws as there are values; forgets them.
  double take() {
    const std::size_t upper = m_sorted.size() / 2;
    const std::size_t lower = (m_sorted.size() - 1) / 2;
    const double result = (drawnAt(lower) + drawnAt(upper)) / 2;
    std::fill(m_counts.begin(), m_counts.end(), 0);
    return result;
  }

 private:
  double drawnAt(std::size_t position) const {
    std::size_t rank = 0;
    for (std::size_t seen = m_counts[0]; seen <= position; seen += m_counts[rank]) ++rank;
    return m_sorted[rank];
  }

  std::vector<double> m_sorted;
  std::vector<std::size_t> m_ranks;
  std::vector<std::size_t> m_counts;
};

/// Logarithm of what both variants took in a round.
std::vector<double> commonSpeed(const Rounds& rounds) {
  std::vector<double> speed(rounds.count());
  for (std::size_t i = 0; i < speed.size(); ++i)
    speed[i] = (std::log(rounds.eager[i]) + std::log(rounds.compiled[i])) / 2;
  return speed;
}

bool drifts(const std::vector<double>& speed) {
  if (speed.size() < kDriftRounds) return false;
  // Equal values would be ranked by position, which is drift of our own making.
  if (std::all_of(speed.begin(), speed.end(), [&](double each) { return each == speed[0]; }))
    return false;
  const std::vector<std::size_t> ranks = ranksOf(speed);
  const double mean = static_cast<double>(ranks.size() - 1) / 2;
  double products = 0;
  double squares = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const double rank = static_cast<double>(ranks[i]) - mean;
    squares += rank * rank;
    if (i > 0) products += rank * (static_cast<double>(ranks[i - 1]) - mean);
  }
  return products / squares > kDriftDeviations / std::sqrt(static_cast<double>(ranks.size()));
}

void removeDrift(Rounds& rounds, const std::vector<double>& speed) {
  for (std::size_t i = 0; i < rounds.count(); ++i) {
    const std::size_t first = i - std::min(i, kDriftWindow / 2);
    const std::size_t last = std::min(i + kDriftWindow / 2 + 1, speed.size());
    std::vector<double> near(speed.begin() + static_cast<std::ptrdiff_t>(first),
                             speed.begin() + static_cast<std::ptrdiff_t>(last));
    const double scale = std::exp(medianInPlace(near));
    rounds.eager[i] /= scale;
    rounds.compiled[i] /= scale;
  }
}

Verdict verdictOf(const Speedup& speedup) {
  if (speedup.low > 1) return Verdict::Faster;
  if (speedup.high < 1) return Verdict::Slower;
  return Verdict::NoDifferenceShown;
}

void addInterval(Speedup& speedup, const Rounds& rounds) {
  std::mt19937_64 random(kBootstrapSeed);
  DrawnMedian eager(rounds.eager);
  DrawnMedian compiled(rounds.compiled);
  std::vector<double> ratios(kResamples);
  for (double& ratio : ratios) {
    for (std::size_t i = 0; i < rounds.count(); ++i) {
      // std::uniform_int_distribution differs between libraries, so the drawing is spelled out; 32
      // bits hold any number of rounds, and the bias is of no weight here.
      const std::size_t position = (random() >> 32) * rounds.count() >> 32;
      eager.draw(position);
      compiled.draw(position);
    }
    ratio = eager.take() / compiled.take();
  }
  speedup.low = quantile(ratios, 0.025);
  speedup.high = quantile(ratios, 0.975);
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
  const auto count = static_cast<std::ptrdiff_t>(std::min(eagerMs.size(), compiledMs.size()));
  Rounds rounds{{eagerMs.begin(), eagerMs.begin() + count},
                {compiledMs.begin(), compiledMs.begin() + count}};
  const auto positive = [](double milliseconds) { return milliseconds > 0; };
  Speedup speedup;
  if (count == 0 || !std::all_of(rounds.eager.begin(), rounds.eager.end(), positive) ||
      !std::all_of(rounds.compiled.begin(), rounds.compiled.end(), positive))
    return speedup;
  const std::vector<double> speed = commonSpeed(rounds);
  speedup.driftRemoved = drifts(speed);
  if (speedup.driftRemoved) removeDrift(rounds, speed);
  speedup.median = median(rounds.eager) / median(rounds.compiled);
  addInterval(speedup, rounds);
  speedup.verdict = verdictOf(speedup);
  return speedup;
}

}  // namespace core::run
