#include <QTest>
#include <chrono>
#include <ctime>

#include "core/run/cautions.h"
#include "core/run/machine_load.h"

using namespace core::run;

namespace {

/// 30 samples each, spread 1 %, twice as fast.
Measurement quietMeasurement() {
  Measurement measurement;
  measurement.eager.samplesMs.assign(30, 10);
  measurement.eager.medianMs = 10;
  measurement.eager.iqrMs = 0.1;
  measurement.compiled.samplesMs.assign(30, 5);
  measurement.compiled.medianMs = 5;
  measurement.compiled.iqrMs = 0.05;
  measurement.speedup = Speedup{2, 1.9, 2.1, Verdict::Faster};
  measurement.compile.totalMs = 501;
  measurement.load.cores = 4;
  return measurement;
}

std::string onlyCaution(const Measurement& measurement) {
  const std::vector<std::string> sentences = cautions(measurement);
  return sentences.size() == 1 ? sentences[0] : std::to_string(sentences.size()) + " sentences";
}

double processorSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

class TestCautions : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aQuietRunNeedsNone() { QVERIFY(cautions(quietMeasurement()).empty()); }

  void spreadIsToldInTwoDegrees() {
    Measurement measurement = quietMeasurement();
    measurement.compiled.iqrMs = 0.6;
    QCOMPARE(onlyCaution(measurement), "Noisy: the interquartile range is 12 % of the median.");
    measurement.eager.iqrMs = 3;
    QCOMPARE(onlyCaution(measurement),
             "Very noisy: the interquartile range is 30 % of the median.");
  }

  void fewSamplesAreTold() {
    Measurement measurement = quietMeasurement();
    measurement.compiled.samplesMs.resize(9);
    QCOMPARE(onlyCaution(measurement), "Few samples: 9 of each. Give the measurement more time.");
  }

  void loadOfTheMachineIsTold() {
    Measurement measurement = quietMeasurement();
    measurement.load.otherCores = 1.26;
    measurement.load.stolenCores = 0.5;
    measurement.load.throttles = 2;
    QCOMPARE(cautions(measurement),
             (std::vector<std::string>{
                 "Other programs used 1.3 of 4 cores meanwhile.",
                 "The host took 0.5 of 4 cores away from this virtual machine.",
                 "The processor was slowed down 2 times because it was too hot."}));
  }

  void removedDriftIsTold() {
    Measurement measurement = quietMeasurement();
    measurement.speedup->driftRemoved = true;
    QVERIFY(onlyCaution(measurement).starts_with("The machine's speed drifted"));
  }

  void compilingIsPaidBackOnlyIfFaster() {
    Measurement measurement = quietMeasurement();
    QCOMPARE(stepsToPayBack(measurement).value(), 101.0);
    measurement.speedup->verdict = Verdict::NoDifferenceShown;
    QVERIFY(!stepsToPayBack(measurement));
    measurement.speedup.reset();
    QVERIFY(!stepsToPayBack(measurement));
  }

  void processorTimesAreRead() {
    const auto times =
        parseProcessorTimes("cpu  100 20 30 4000 500 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8\n", 100);
    QVERIFY(times.has_value());
    QCOMPARE(times->busy, 1.71);
    QCOMPARE(times->stolen, 0.08);
    QVERIFY(!parseProcessorTimes("", 100));
    QVERIFY(!parseProcessorTimes("cpu0 1 2 3 4 5 6 7 8\n", 100));
    QVERIFY(!parseProcessorTimes("cpu  1 2 3\ncpu0 4 5 6 7 8\n", 100));
  }

  void ownWorkIsNoOtherLoad() {
    const auto start = std::chrono::steady_clock::now();
    const LoadMeter meter;
    while (processorSeconds() < 0.3) {
    }
    const double own = processorSeconds();
    const MachineLoad load = meter.load();
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    QVERIFY(load.cores >= 1);
    // What is counted to others, and what this program used, fit into the cores that there are.
    // The kernel counts in ticks of 10 ms.
    QVERIFY2((load.otherCores + load.stolenCores) * wall + own <= load.cores * (wall + 0.1),
             QByteArray::number(load.otherCores).constData());
  }
};

QTEST_GUILESS_MAIN(TestCautions)
#include "tst_cautions.moc"
