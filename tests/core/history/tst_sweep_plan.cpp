#include <QTest>

#include "core/history/compare_runs.h"
#include "core/history/sweep_plan.h"

using namespace core;
using history::compareRuns;
using history::sweepSettings;

namespace {

history::KeptRun keptRun(double compiledMs) {
  history::KeptRun kept;
  kept.id = 3;
  kept.conditions = {"gpt", "cafe", "cpu", "1", ""};
  kept.measurement.eager.medianMs = 10;
  kept.measurement.compiled.medianMs = compiledMs;
  kept.measurement.compiled.peakBytes = 100;
  const double ratio = 10 / compiledMs;
  kept.measurement.speedup = run::Speedup{ratio, ratio * 0.98, ratio * 1.02, run::Verdict::Faster};
  return kept;
}

}  // namespace

class TestSweepPlan : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void pointsAreAllCombinations() {
    const auto points = sweepSettings({"budget=1,0.5", "threads=1,2"});
    QCOMPARE(points.value(),
             (std::vector<std::string>{"--budget 1 --threads 1", "--budget 1 --threads 2",
                                       "--budget 0.5 --threads 1", "--budget 0.5 --threads 2"}));
    QCOMPARE(sweepSettings({"dim=batch=8,batch=16"}).value(),
             (std::vector<std::string>{"--dim batch=8", "--dim batch=16"}));
    QCOMPARE(sweepSettings({}).value(), std::vector<std::string>{""});
    QCOMPARE(history::wordsOf("--budget 1  --threads 2"),
             (std::vector<std::string>{"--budget", "1", "--threads", "2"}));
  }

  void whatCannotBeVariedIsNamed_data() {
    QTest::addColumn<QString>("entry");
    QTest::newRow("no values") << "budget=";
    QTest::newRow("no option") << "=1";
    QTest::newRow("nothing") << "budget";
    QTest::newRow("an empty value") << "budget=1,,2";
    QTest::newRow("a space") << "weights=my file";
  }

  void whatCannotBeVariedIsNamed() {
    QFETCH(QString, entry);
    const auto points = sweepSettings({entry.toStdString()});
    QVERIFY(!points);
    QVERIFY(points.error().code == ErrorCode::InvalidArgument);
    QVERIFY(points.error().message.find(entry.toStdString()) != std::string::npos);
  }

  void twiceTheSameAndTooManyAreRefused() {
    QVERIFY(!sweepSettings({"budget=1", "budget=2"}));
    std::string many = "seed=0";
    for (int i = 1; i < 101; ++i) many += "," + std::to_string(i);
    std::string more = "threads" + many.substr(4);
    QVERIFY(!sweepSettings({many, more}));
  }

  void aGainIsToldWithItsInterval() {
    const auto comparison = compareRuns(keptRun(5), keptRun(4));
    QVERIFY(comparison.change->verdict == run::Verdict::Faster);
    QCOMPARE(comparison.change->median, 1.25);
    QVERIFY(comparison.change->low > 1.2 && comparison.change->low < 1.25 * 0.98);
    QVERIFY(comparison.change->high > 1.25 * 1.02 && comparison.change->high < 1.3);
    QVERIFY(QString::fromStdString(comparison.sentence(3))
                .startsWith(QStringLiteral("Compiled gained 1.25x [")));
    QCOMPARE(comparison.figures.front().name, "compiled step");
    QCOMPARE(comparison.figures.front().ratio(), 0.8);
    QVERIFY(comparison.differences.empty());
    QVERIFY(compareRuns(keptRun(4), keptRun(5)).change->verdict == run::Verdict::Slower);
  }

  void smallChangesAreNoDifference() {
    const auto comparison = compareRuns(keptRun(5), keptRun(4.9));
    QVERIFY(comparison.change->verdict == run::Verdict::NoDifferenceShown);
    QVERIFY(QString::fromStdString(comparison.sentence(3))
                .startsWith(QStringLiteral("No difference is shown")));
  }

  void regressionsAreNamedByModuleAndKernel() {
    const std::vector<run::PartTime> before = {{"block.0", "fused_gelu", true, false, 1, 10},
                                               {"block.1", "fused_gelu", true, false, 1, 10},
                                               {"block.1", "aten::mm", false, true, 2, 30},
                                               {"head", "fused_old", true, true, 1, 4}};
    std::vector<run::PartTime> after = before;
    after[1].us = 22;
    after[2].us = 10;
    after[3] = {"head", "fused_new", true, true, 1, 5};
    const auto parts = history::compareParts(before, after);
    QCOMPARE(parts.size(), std::size_t{5});
    QCOMPARE(parts[0].name, "aten::mm");
    QCOMPARE(parts[0].changeUs(), -20.0);
    QCOMPARE(parts[1].module, "block.1");
    QCOMPARE(parts[1].changeUs(), 12.0);
    QCOMPARE(history::regressionSentence(parts),
             "Slower: fused_gelu in 'block.1' (forward) by 12.00 us, fused_new in 'head' "
             "(backward) by 5.00 us.");
    QCOMPARE(history::regressionSentence(history::compareParts(before, before)), "");
  }

  void whatIsNotTheSameIsTold() {
    history::KeptRun other = keptRun(5);
    other.conditions.graphHash = "beef";
    other.conditions.processor = "gpu";
    const auto comparison = compareRuns(keptRun(5), other);
    QCOMPARE(comparison.differences, (std::vector<std::string>{"the joint graphs are not the same",
                                                               "processor: cpu before, gpu now"}));
  }

  void aFailedCheckShowsNoChange() {
    history::KeptRun failed = keptRun(5);
    failed.measurement.speedup.reset();
    QVERIFY(!compareRuns(failed, keptRun(5)).change);
  }
};

QTEST_GUILESS_MAIN(TestSweepPlan)
#include "tst_sweep_plan.moc"
