#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/history/run_history.h"

using namespace core;
using history::PointState;
using history::RunHistory;

namespace {

run::Measurement sampleMeasurement(double compiledMs) {
  run::Measurement measurement;
  measurement.mode = run::Mode::Infer;
  measurement.device = "cpu";
  measurement.threads = 2;
  measurement.budget = 0.3;
  measurement.check = {true, {}, -1, "All equal."};
  measurement.eager = {{2, 2.5, 0.1 + 0.2}, 0, 0, 0, 0, 0, 3, 100, 40};
  measurement.compiled = {{compiledMs, compiledMs, compiledMs}, 0, 0, 0, 0, 0, 5, 90, 30};
  measurement.compiledForwardMs = 0.25;
  measurement.compiledBackwardMs = 0.75;
  measurement.kernels = 7;
  measurement.externCalls = 8;
  measurement.compile = {10, 1, 2, 3, 4, 5, 6};
  measurement.load = {4, 0.5, 0.25, 1};
  return measurement;
}

const history::RunConditions kConditions{"gpt", "cafe", "A \"processor\"", "aot-engine 1",
                                         "--budget 0.3"};

}  // namespace

class TestRunHistory : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aRunComesBackAsItWas();
  void runsAreListedNewestFirst();
  void aSweepRemembersItsPoints();
  void aPointIsDoneOnlyWithItsRun();
  void whatIsNoHistoryIsRefused();
  void partsComeBackInTheirOrder();
  void presetsBelongToTheirModel();
  void lastWeekIsTheNewestRunThatIsOldEnough();

 private:
  std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }
  RunHistory opened(const char* name) const {
    auto history = RunHistory::open(path(name));
    if (!history) qFatal("%s", history.error().message.c_str());
    return std::move(*history);
  }

  QTemporaryDir m_folder;
};

void TestRunHistory::aRunComesBackAsItWas() {
  {
    RunHistory history = opened("one/deeper/runs.sqlite");
    QCOMPARE(history.keep(kConditions, sampleMeasurement(1)).value(), 1);
  }
  RunHistory history = opened("one/deeper/runs.sqlite");
  const history::KeptRun kept = history.run(1).value();
  QCOMPARE(kept.conditions.model, "gpt");
  QCOMPARE(kept.conditions.graphHash, "cafe");
  QCOMPARE(kept.conditions.processor, "A \"processor\"");
  QCOMPARE(kept.conditions.versions, "aot-engine 1");
  QCOMPARE(kept.conditions.settings, "--budget 0.3");
  QCOMPARE(kept.when.size(), std::size_t{19});
  const run::Measurement& measurement = kept.measurement;
  const run::Measurement expected = sampleMeasurement(1);
  QVERIFY(measurement.mode == run::Mode::Infer);
  QCOMPARE(measurement.device, "cpu");
  QCOMPARE(measurement.threads, 2);
  QCOMPARE(measurement.budget, 0.3);
  QVERIFY(measurement.check.passed);
  QCOMPARE(measurement.check.sentence, "All equal.");
  QCOMPARE(measurement.eager.samplesMs, expected.eager.samplesMs);
  QCOMPARE(measurement.eager.medianMs, 2.0);
  QCOMPARE(measurement.eager.stepsPerSample, 3);
  QCOMPARE(measurement.eager.peakBytes, 100);
  QCOMPARE(measurement.eager.savedBytes, 40);
  QCOMPARE(measurement.compiled.samplesMs, expected.compiled.samplesMs);
  QCOMPARE(measurement.compiled.stepsPerSample, 5);
  QCOMPARE(measurement.compiled.peakBytes, 90);
  QCOMPARE(measurement.compiled.savedBytes, 30);
  QCOMPARE(measurement.compiledForwardMs, 0.25);
  QCOMPARE(measurement.compiledBackwardMs, 0.75);
  QCOMPARE(measurement.kernels, 7);
  QCOMPARE(measurement.externCalls, 8);
  QCOMPARE(measurement.compile.totalMs, 10.0);
  QCOMPARE(measurement.compile.buildMs, 4.0);
  QCOMPARE(measurement.compile.kernelsBuilt, 5);
  QCOMPARE(measurement.compile.kernelsFromCache, 6);
  QCOMPARE(measurement.load.cores, 4);
  QCOMPARE(measurement.load.otherCores, 0.5);
  QCOMPARE(measurement.load.stolenCores, 0.25);
  QCOMPARE(measurement.load.throttles, 1);
  QCOMPARE(measurement.speedup->median, 2.0);
  const auto missing = history.run(2);
  QVERIFY(!missing);
  QCOMPARE(missing.error().message, "There is no run 2.");
}

void TestRunHistory::runsAreListedNewestFirst() {
  RunHistory history = opened("list.sqlite");
  history::RunConditions other = kConditions;
  other.model = "resnet";
  for (int i = 1; i <= 3; ++i) QVERIFY(history.keep(kConditions, sampleMeasurement(i)));
  QVERIFY(history.keep(other, sampleMeasurement(4)));
  const auto all = history.runs("", 10).value();
  QCOMPARE(all.size(), std::size_t{4});
  QCOMPARE(all[0].conditions.model, "resnet");
  const auto some = history.runs("gpt", 2).value();
  QCOMPARE(some.size(), std::size_t{2});
  QCOMPARE(some[0].id, 3);
  QCOMPARE(some[1].measurement.compiled.medianMs, 2.0);
}

void TestRunHistory::aSweepRemembersItsPoints() {
  {
    RunHistory history = opened("sweep.sqlite");
    QCOMPARE(history.addSweep("gpt.pt2", {"--budget 1", "--budget 0.5", "--budget 0"}).value(), 1);
    QVERIFY(history.startPoint(1, 0));
    QVERIFY(history.finishPoint(1, 0, kConditions, sampleMeasurement(1)));
    QVERIFY(history.startPoint(1, 1));
    QVERIFY(history.failPoint(1, 1, "The engine died."));
    QVERIFY(history.startPoint(1, 2));
  }
  RunHistory history = opened("sweep.sqlite");
  const history::Sweep sweep = history.sweep(1).value();
  QCOMPARE(sweep.model, "gpt.pt2");
  QCOMPARE(sweep.points.size(), std::size_t{3});
  QVERIFY(sweep.points[0].state == PointState::Done);
  QCOMPARE(sweep.points[0].run.value(), 1);
  QVERIFY(sweep.points[1].state == PointState::Failed);
  QCOMPARE(sweep.points[1].error, "The engine died.");
  QVERIFY(!sweep.points[1].run);
  QVERIFY(sweep.points[2].state == PointState::Running);
  QCOMPARE(sweep.points[2].settings, "--budget 0");
  QCOMPARE(history.sweeps().value().size(), std::size_t{1});
  QCOMPARE(history.sweep(9).error().message, "There is no sweep 9.");
}

void TestRunHistory::aPointIsDoneOnlyWithItsRun() {
  RunHistory history = opened("both.sqlite");
  QVERIFY(history.addSweep("m", {"a"}));
  QVERIFY(!history.finishPoint(1, 7, kConditions, sampleMeasurement(1)));
  // The run of the point that does not exist is not kept either.
  QVERIFY(history.runs("", 10).value().empty());
}

void TestRunHistory::whatIsNoHistoryIsRefused() {
  QFile file(m_folder.filePath("text.sqlite"));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(QByteArray(5000, 'x'));
  file.close();
  const auto refused = RunHistory::open(path("text.sqlite"));
  QVERIFY(!refused);
  QVERIFY(refused.error().code == ErrorCode::FormatUnsupported);
  QVERIFY(refused.error().message.find("text.sqlite") != std::string::npos);
  {
    auto newer = history::Database::open(path("newer.sqlite"));
    QVERIFY(newer && newer->execute("PRAGMA user_version=99"));
  }
  QVERIFY(RunHistory::open(path("newer.sqlite")).error().code == ErrorCode::FormatUnsupported);
  QVERIFY(RunHistory::open("/proc/nothing/runs.sqlite").error().code == ErrorCode::FileNotFound);
}

void TestRunHistory::presetsBelongToTheirModel() {
  RunHistory history = RunHistory::open(path("presets.sqlite")).value();
  QVERIFY(history.presets("a").value().empty());
  QVERIFY(history.keepPreset("a", {"small", {"--dim", "s0=2"}}));
  QVERIFY(history.keepPreset("a", {"large", {"--dim", "s0=64", "--input", "x=my file.npy"}}));
  QVERIFY(history.keepPreset("b", {"small", {}}));
  QVERIFY(history.keepPreset("a", {"small", {"--dim", "s0=3"}}));
  const auto presets = history.presets("a").value();
  QCOMPARE(presets.size(), std::size_t{2});
  QCOMPARE(presets[0].name, std::string("large"));
  QCOMPARE(presets[0].words.back(), std::string("x=my file.npy"));
  QCOMPARE(presets[1].words, (std::vector<std::string>{"--dim", "s0=3"}));
  QVERIFY(history.forgetPreset("a", "large"));
  QCOMPARE(history.presets("a").value().size(), std::size_t{1});
  QCOMPARE(history.presets("b").value().size(), std::size_t{1});
  QVERIFY(!history.keepPreset("a", {"", {}}));
  QVERIFY(!history.keepPreset("a", {"x", {"a\nb"}}));
}

void TestRunHistory::partsComeBackInTheirOrder() {
  RunHistory history = opened("parts.sqlite");
  QCOMPARE(history.keep(kConditions, sampleMeasurement(1)).value(), 1);
  QVERIFY(history.parts(1).value().empty());
  QVERIFY(history.keepParts(1, {{"b", "gone", true, true, 1, 9}}));
  const std::vector<run::PartTime> sent = {{"block.1", "fused_gelu", true, true, 2, 12.5},
                                           {"", "aten::mm", false, false, 1, 0.1}};
  QVERIFY(history.keepParts(1, sent));
  const auto read = history.parts(1).value();
  QCOMPARE(read.size(), std::size_t{2});
  QCOMPARE(read[0].module, "block.1");
  QCOMPARE(read[0].name, "fused_gelu");
  QVERIFY(read[0].isCompiled && read[0].inBackward);
  QCOMPARE(read[0].calls, 2);
  QCOMPARE(read[0].us, 12.5);
  QVERIFY(!read[1].isCompiled && !read[1].inBackward);
  QCOMPARE(read[1].us, 0.1);
}

void TestRunHistory::lastWeekIsTheNewestRunThatIsOldEnough() {
  RunHistory history = opened("week.sqlite");
  history::RunConditions other = kConditions;
  other.model = "resnet";
  for (int i = 0; i < 4; ++i) QVERIFY(history.keep(kConditions, sampleMeasurement(1)));
  QVERIFY(history.keep(other, sampleMeasurement(1)));
  QVERIFY(history.keep(kConditions, sampleMeasurement(1)));
  auto file = history::Database::open(path("week.sqlite")).value();
  QVERIFY(
      file.execute("UPDATE runs SET at = datetime('now', '-30 days') WHERE id = 1;"
                   "UPDATE runs SET at = datetime('now', '-8 days') WHERE id = 2;"
                   "UPDATE runs SET at = datetime('now', '-8 days') WHERE id = 5;"
                   "UPDATE runs SET at = datetime('now', '-2 days') WHERE id = 3"));
  QCOMPARE(history.runBefore(6, 7).value().id, 2);
  QCOMPARE(history.runBefore(6, 10).value().id, 1);
  // None is old enough: the oldest there is.
  QCOMPARE(history.runBefore(6, 100).value().id, 1);
  QVERIFY(!history.runBefore(1, 7));
  QVERIFY(!history.runBefore(5, 7));
}

QTEST_GUILESS_MAIN(TestRunHistory)
#include "tst_run_history.moc"
