#include <QTest>

#include "core/run/statistics.h"

using namespace core::run;

class TestStatistics : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void quantilesInterpolate() {
    QCOMPARE(quantile({4, 1, 3, 2}, 0), 1.0);
    QCOMPARE(quantile({4, 1, 3, 2}, 1), 4.0);
    QCOMPARE(quantile({4, 1, 3, 2}, 0.5), 2.5);
    QCOMPARE(quantile({10, 20}, 0.25), 12.5);
    QCOMPARE(quantile({7}, 0.9), 7.0);
    QCOMPARE(quantile({}, 0.5), 0.0);
  }

  void aTimingIsSummarized() {
    Timing timing;
    for (int i = 0; i <= 100; ++i) timing.samplesMs.push_back(100 - i);
    summarize(timing);
    QCOMPARE(timing.medianMs, 50.0);
    QCOMPARE(timing.p10Ms, 10.0);
    QCOMPARE(timing.p90Ms, 90.0);
    QCOMPARE(timing.minMs, 0.0);
    QCOMPARE(timing.iqrMs, 50.0);
    QCOMPARE(timing.samplesMs.front(), 100.0);
  }

  void aClearDifferenceIsShown() {
    std::vector<double> slow, fast;
    for (int i = 0; i < 30; ++i) {
      slow.push_back(20 + i % 5);
      fast.push_back(10 + (i * 7) % 5);
    }
    const Speedup faster = speedupOf(slow, fast);
    QVERIFY(faster.verdict == Verdict::Faster);
    QVERIFY(faster.low <= faster.median && faster.median <= faster.high);
    QVERIFY(faster.low > 1.5 && faster.high < 2.5);
    QVERIFY(speedupOf(fast, slow).verdict == Verdict::Slower);
  }

  void theSameThingIsNeverFaster() {
    std::vector<double> samples;
    for (int i = 0; i < 30; ++i) samples.push_back(10 + (i * 13) % 7);
    std::vector<double> shuffled(samples.rbegin(), samples.rend());
    const Speedup speedup = speedupOf(samples, shuffled);
    QVERIFY(speedup.verdict == Verdict::NoDifferenceShown);
    QVERIFY(speedup.low <= 1 && speedup.high >= 1);
  }

  void driftThatHitsBothAlikeIsNoDifference() {
    // The machine became ten times slower half way; paired positions cancel it.
    std::vector<double> first, second;
    for (int i = 0; i < 40; ++i) {
      const double speed = i < 20 ? 1 : 10;
      first.push_back(speed * (10 + i % 3));
      second.push_back(speed * (10 + (i + 1) % 3));
    }
    QVERIFY(speedupOf(first, second).verdict == Verdict::NoDifferenceShown);
  }

  void theIntervalIsTheSameEachTime() {
    const std::vector<double> a = {5, 6, 7, 8, 9, 5, 6};
    const std::vector<double> b = {4, 5, 6, 4, 5, 6, 7};
    const Speedup first = speedupOf(a, b);
    const Speedup second = speedupOf(a, b);
    QCOMPARE(first.low, second.low);
    QCOMPARE(first.high, second.high);
    QVERIFY(first.low < first.high);
  }

  void withoutSamplesThereIsNoDifference() {
    const Speedup speedup = speedupOf({}, {});
    QCOMPARE(speedup.median, 1.0);
    QVERIFY(speedup.verdict == Verdict::NoDifferenceShown);
  }
};

QTEST_GUILESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
