// A sweep in the window: what the fields ask for, its points in chart and table, and the best ones.

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/watched_application.h"
#include "views/pages/data_table.h"
#include "views/pages/sweep_panel.h"
#include "views/plot/sweep_chart.h"

using namespace views;
using namespace views::pages;
using core::history::KeptRun;
using core::history::PointState;

namespace {

KeptRun keptRun(std::int64_t id, double compiledMs, std::int64_t peak) {
  KeptRun run;
  run.id = id;
  run.measurement.eager.medianMs = 10;
  run.measurement.compiled.medianMs = compiledMs;
  run.measurement.compiled.peakBytes = peak;
  run.measurement.speedup = core::run::Speedup{10 / compiledMs, 1, 2, core::run::Verdict::Faster};
  return run;
}

/// Three points done (the second is worse than the third in both), one failed, one waiting.
models::SweepResults sampleResults() {
  models::SweepResults results;
  results.sweep = {7, "2026-11-24 10:00:00", "/models/gpt.pt2", {}};
  const char* settings[] = {"--budget 1 --device cpu", "--budget 0.5 --device cpu",
                            "--budget 0.2 --device cpu", "--budget 0 --device cpu",
                            "--budget 0 --device cuda:0"};
  for (int i = 0; i < 5; ++i)
    results.sweep.points.push_back({i, settings[i], PointState::Waiting, {}, {}});
  const auto finish = [&](int point, double ms, std::int64_t peak) {
    auto& done = results.sweep.points[static_cast<std::size_t>(point)];
    done.state = PointState::Done;
    done.run = 10 + point;
    results.runs.emplace(10 + point, keptRun(10 + point, ms, peak));
  };
  finish(0, 5, 3000);
  finish(1, 6, 2500);
  finish(2, 5.5, 2000);
  results.sweep.points[3].state = PointState::Failed;
  results.sweep.points[3].error = "The process was ended by signal 9.";
  return results;
}

models::SweepPtr pointerTo(models::SweepResults results) {
  return std::make_shared<const models::SweepResults>(std::move(results));
}

QPushButton* button(const QWidget& panel, const QString& word) {
  for (QPushButton* each : panel.findChildren<QPushButton*>())
    if (each->text().contains(word)) return each;
  return nullptr;
}

}  // namespace

class TstSweepPanel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void bestPointsAreNotBeatenInBoth();
  void aPointOfAFailedCheckIsNeverBest();
  void optionsAndValuesAreReadFromSettings();
  void fieldsBecomeWhatIsVaried();
  void buttonsFollowTheJob();
  void chartAndTableShowTheSamePoint();
  void wordsStandOnTheAxisInTheirOrder();
  void aPointOpensWithItsSettings();
  void theTableIsAConsistentModel();
};

void TstSweepPanel::bestPointsAreNotBeatenInBoth() {
  QCOMPARE(models::bestPoints(sampleResults()), (std::vector<int>{0, 2}));
}

void TstSweepPanel::aPointOfAFailedCheckIsNeverBest() {
  auto results = sampleResults();
  results.runs.at(10).measurement.speedup.reset();
  QCOMPARE(models::bestPoints(results), (std::vector<int>{2}));
}

void TstSweepPanel::optionsAndValuesAreReadFromSettings() {
  QCOMPARE(models::variedOptions(sampleResults()), (QStringList{"budget", "device"}));
  QCOMPARE(models::valueOf("--budget 0.5 --dim s0=8", QStringLiteral("dim")),
           QStringLiteral("s0=8"));
  QVERIFY(models::valueOf("--budget 0.5", QStringLiteral("threads")).isEmpty());
}

void TstSweepPanel::fieldsBecomeWhatIsVaried() {
  SweepPanel panel;
  panel.setDimensions({});
  QCOMPARE(panel.varied(), (QStringList{"budget=1,0.7,0.4,0"}));
  const auto edits = panel.findChildren<QLineEdit*>();
  edits[1]->setText(QStringLiteral("1, 2"));
  edits[2]->setText(QStringLiteral("s0=8"));
  // Sizes of a model without symbolic dimensions cannot be varied.
  QCOMPARE(panel.varied(), (QStringList{"budget=1,0.7,0.4,0", "threads=1,2"}));
  panel.setDimensions({QStringLiteral("s0")});
  QCOMPARE(panel.varied().size(), 3);
  QSignalSpy wanted(&panel, &SweepPanel::startWanted);
  button(panel, QStringLiteral("Start"))->click();
  QCOMPARE(wanted[0][0].toStringList(), panel.varied());
  edits[0]->setText(QStringLiteral("1,,2"));
  QVERIFY(!button(panel, QStringLiteral("Start"))->isEnabled());
}

void TstSweepPanel::buttonsFollowTheJob() {
  SweepPanel panel;
  QVERIFY(!button(panel, QStringLiteral("Go on"))->isEnabled());
  panel.setResults(pointerTo(sampleResults()));
  QVERIFY(button(panel, QStringLiteral("Go on"))->isEnabled());
  QVERIFY(!button(panel, QStringLiteral("Pause"))->isEnabled());
  QVERIFY(panel.sentence().contains(QStringLiteral("3 of 5 points are done, 1 failed")));
  panel.setRunning(true);
  QVERIFY(button(panel, QStringLiteral("Pause"))->isEnabled());
  QVERIFY(button(panel, QStringLiteral("Cancel"))->isEnabled());
  QVERIFY(!button(panel, QStringLiteral("Start"))->isEnabled());
  QVERIFY(!button(panel, QStringLiteral("Go on"))->isEnabled());
  panel.setRunning(false);
  QSignalSpy wanted(&panel, &SweepPanel::resumeWanted);
  button(panel, QStringLiteral("Go on"))->click();
  QCOMPARE(wanted[0][0].toLongLong(), 7);
}

void TstSweepPanel::chartAndTableShowTheSamePoint() {
  SweepPanel panel;
  panel.setResults(pointerTo(sampleResults()));
  auto* chart = panel.findChild<plot::SweepChart*>();
  auto* table = panel.findChild<DataTable*>();
  QCOMPARE(chart->shownPoints(), 3);
  QCOMPARE(table->shownRows(), 5);
  QTest::keyClick(chart, Qt::Key_Right);
  QCOMPARE(table->currentSourceRow(), 0);
  QTest::keyClick(chart, Qt::Key_Right);
  QCOMPARE(table->currentSourceRow(), 1);
  // What is chosen stays chosen when a point is done.
  panel.setResults(pointerTo(sampleResults()));
  QCOMPARE(table->currentSourceRow(), 1);
}

void TstSweepPanel::wordsStandOnTheAxisInTheirOrder() {
  auto results = sampleResults();
  results.sweep.points[4].state = PointState::Done;
  results.sweep.points[4].run = 14;
  results.runs.emplace(14, keptRun(14, 1, 9000));
  plot::SweepChart chart;
  chart.setResults(pointerTo(results));
  chart.setAxes(QStringLiteral("device"), plot::SweepFigure::CompiledPeak);
  QCOMPARE(chart.shownPoints(), 4);
  QVERIFY(chart.accessibleDescription().startsWith(QStringLiteral("4 points")));
  QVERIFY(chart.asCsv().contains(QStringLiteral("cuda:0")));
}

void TstSweepPanel::aPointOpensWithItsSettings() {
  SweepPanel panel;
  panel.setResults(pointerTo(sampleResults()));
  QVERIFY(!button(panel, QStringLiteral("Open"))->isEnabled());
  panel.findChild<DataTable*>()->selectSourceRow(2);
  QSignalSpy opened(&panel, &SweepPanel::pointOpened);
  button(panel, QStringLiteral("Open"))->click();
  QCOMPARE(opened[0][0].toString(), QStringLiteral("/models/gpt.pt2"));
  QCOMPARE(opened[0][1].toString(), QStringLiteral("--budget 0.2 --device cpu"));
}

void TstSweepPanel::theTableIsAConsistentModel() {
  models::TableModel model;
  const QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
  model.setTable(models::sweepTable(pointerTo(sampleResults())));
  QCOMPARE(model.rowCount(), 5);
  QCOMPARE(model.data(model.index(0, 1)).toString(), QStringLiteral("★"));
  QCOMPARE(model.data(model.index(1, 1)).toString(), QString());
  QVERIFY(model.data(model.index(3, 8)).toString().contains(QStringLiteral("signal 9")));
}

WATCHED_TEST_MAIN(TstSweepPanel)
#include "tst_sweep_panel.moc"
