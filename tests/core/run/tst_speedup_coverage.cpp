// How often the interval of the speed-up covers the truth, on synthetic timers whose truth is
// known, and how often two runs of the same thing are called different.

#include <QTest>
#include <cmath>
#include <numbers>
#include <random>

#include "core/run/statistics.h"

using namespace core::run;

namespace {

constexpr int kTrials = 1'000;
constexpr int kRounds = 30;
constexpr double kTruth = 1.1;

enum class Noise { Equal, Drift, Bimodal, HeavyTail, OneSided };

/// Draws of the same values with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : m_engine(seed) {}

  /// In (0, 1).
  double uniform() { return (static_cast<double>(m_engine() >> 11) + 0.5) * 0x1p-53; }

  double normal() {
    return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  std::mt19937_64 m_engine;
};

double secondMode(Random& random) {
  return (random.uniform() < 0.3 ? 1.3 : 1.0) * std::exp(0.02 * random.normal());
}

double noiseOf(Noise noise, Random& random) {
  switch (noise) {
    case Noise::Equal: return std::exp(0.05 * random.normal());
    case Noise::Drift:
    case Noise::OneSided: return std::exp(0.03 * random.normal());
    case Noise::Bimodal: return secondMode(random);
    case Noise::HeavyTail: return 1 + 0.02 * std::pow(random.uniform(), -1 / 1.2);
  }
  return 1;
}

struct Timers {
  std::vector<double> eager;
  std::vector<double> compiled;
};

/// By how much the machine's speed wanders from round to round, for both timers alike.
double wanderOf(Noise noise) {
  return noise == Noise::Drift ? 0.05 : 0;
}

/// Timers of one run: `ratio` between the two, a machine whose speed wanders, noise for each.
Timers timersOf(Noise noise, double ratio, Random& random, double wander) {
  Timers timers;
  double machine = 10;
  for (int i = 0; i < kRounds; ++i) {
    machine *= std::exp(wander * random.normal());
    const double eager = noise == Noise::OneSided ? secondMode(random) : noiseOf(noise, random);
    timers.eager.push_back(ratio * machine * eager);
    timers.compiled.push_back(machine * noiseOf(noise, random));
  }
  return timers;
}

/// The ratio of the medians that the timers are drawn with.
double truthOf(Noise noise) {
  if (noise != Noise::OneSided) return kTruth;
  // The median of secondMode: 0.7 * Phi(x) = 1/2 with x = 0.566, the other mode being far above.
  return kTruth * std::exp(0.02 * 0.56595);
}

}  // namespace

class TestSpeedupCoverage : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theIntervalCoversTheTruth_data();
  void theIntervalCoversTheTruth();
  void equalRunsAreSeldomCalledDifferent_data() { noises(); }
  void equalRunsAreSeldomCalledDifferent();
  void driftIsSeenAndRemoved();

 private:
  static void noises();
};

void TestSpeedupCoverage::noises() {
  QTest::addColumn<int>("noise");
  QTest::newRow("equal") << static_cast<int>(Noise::Equal);
  QTest::newRow("drift") << static_cast<int>(Noise::Drift);
  QTest::newRow("bimodal") << static_cast<int>(Noise::Bimodal);
  QTest::newRow("heavy tail") << static_cast<int>(Noise::HeavyTail);
}

void TestSpeedupCoverage::theIntervalCoversTheTruth_data() {
  noises();
  QTest::newRow("only one is bimodal") << static_cast<int>(Noise::OneSided);
}

void TestSpeedupCoverage::theIntervalCoversTheTruth() {
  QFETCH(int, noise);
  const auto kind = static_cast<Noise>(noise);
  Random random(42);
  int covered = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const Timers timers = timersOf(kind, kTruth, random, wanderOf(kind));
    const Speedup speedup = speedupOf(timers.eager, timers.compiled);
    covered += speedup.low <= truthOf(kind) && truthOf(kind) <= speedup.high ? 1 : 0;
  }
  const QByteArray text = QByteArray::number(covered) + " of 1000 intervals cover the truth";
  QVERIFY2(covered >= 930 && covered <= 970, text.constData());
}

void TestSpeedupCoverage::equalRunsAreSeldomCalledDifferent() {
  QFETCH(int, noise);
  const auto kind = static_cast<Noise>(noise);
  Random random(43);
  int different = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const Timers timers = timersOf(kind, 1, random, wanderOf(kind));
    const Speedup speedup = speedupOf(timers.eager, timers.compiled);
    different += speedup.verdict == Verdict::NoDifferenceShown ? 0 : 1;
  }
  const QByteArray text = QByteArray::number(different) + " of 1000 equal runs called different";
  QVERIFY2(different <= 50, text.constData());
}

void TestSpeedupCoverage::driftIsSeenAndRemoved() {
  Random random(44);
  int seen = 0;
  int falselySeen = 0;
  double driftingWidth = 0;
  double steadyWidth = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const Timers drifting = timersOf(Noise::Drift, kTruth, random, wanderOf(Noise::Drift));
    const Timers steady = timersOf(Noise::Drift, kTruth, random, 0);
    const Speedup removed = speedupOf(drifting.eager, drifting.compiled);
    const Speedup plain = speedupOf(steady.eager, steady.compiled);
    seen += removed.driftRemoved ? 1 : 0;
    falselySeen += plain.driftRemoved ? 1 : 0;
    driftingWidth += removed.high - removed.low;
    steadyWidth += plain.high - plain.low;
  }
  QVERIFY2(seen >= 180, QByteArray::number(seen).constData());
  QVERIFY2(falselySeen <= 20, QByteArray::number(falselySeen).constData());
  // The speed wanders over a third; the interval hardly shows it.
  QVERIFY2(driftingWidth < 1.5 * steadyWidth,
           QByteArray::number(driftingWidth / steadyWidth).constData());
}

QTEST_GUILESS_MAIN(TestSpeedupCoverage)
#include "tst_speedup_coverage.moc"
