// Kept runs in a list, and two of them side by side.

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/watched_application.h"
#include "views/pages/data_table.h"
#include "views/pages/runs_panel.h"

using namespace views;
using namespace views::pages;
using core::history::KeptRun;

namespace {

KeptRun keptRun(std::int64_t id, const char* model, double compiledMs) {
  KeptRun run;
  run.id = id;
  run.when = "2026-11-24 13:05:00";
  run.conditions = {model, "cafe", "a processor", "engine 1", ""};
  run.measurement.eager.medianMs = 10;
  run.measurement.compiled.medianMs = compiledMs;
  const double ratio = 10 / compiledMs;
  run.measurement.speedup =
      core::run::Speedup{ratio, ratio * 0.99, ratio * 1.01, core::run::Verdict::Faster};
  return run;
}

std::vector<KeptRun> sampleRuns() {
  return {keptRun(3, "gpt", 4), keptRun(2, "mlp", 6), keptRun(1, "gpt", 5)};
}

models::RunPair samplePair() {
  models::RunPair pair{
      1, 3, core::history::compareRuns(keptRun(1, "gpt", 5), keptRun(3, "gpt", 4)), {}};
  pair.parts = core::history::compareParts({{"block.0", "fused_gelu", true, false, 1, 10}},
                                           {{"block.0", "fused_gelu", true, false, 1, 25}});
  return pair;
}

QPushButton* button(const QWidget& panel, const QString& word) {
  for (QPushButton* each : panel.findChildren<QPushButton*>())
    if (each->text().contains(word)) return each;
  return nullptr;
}

DataTable* table(const QWidget& panel, const QString& name) {
  for (DataTable* each : panel.findChildren<DataTable*>())
    if (each->accessibleName() == name) return each;
  return nullptr;
}

}  // namespace

class TstRunsPanel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void anEmptyListSaysHowRunsComeIntoIt();
  void twoSelectedRunsAreComparedTheOlderFirst();
  void oneSelectedRunIsComparedWithLastWeek();
  void onlyRunsOfTheOpenModelAreShownIfWanted();
  void theSelectionOutlivesANewRun();
  void aPairNamesItsRegressions();
  void tablesAreConsistentModels();
};

void TstRunsPanel::anEmptyListSaysHowRunsComeIntoIt() {
  RunsPanel panel;
  QVERIFY(!panel.hasRuns());
  QVERIFY(panel.sentence().contains(QStringLiteral("F9")));
  QVERIFY(!button(panel, QStringLiteral("Two"))->isEnabled());
  QVERIFY(!button(panel, QStringLiteral("Week"))->isEnabled());
}

void TstRunsPanel::twoSelectedRunsAreComparedTheOlderFirst() {
  RunsPanel panel;
  panel.setRuns(sampleRuns());
  QVERIFY(panel.hasRuns());
  panel.selectRuns({3, 1});
  QSignalSpy wanted(&panel, &RunsPanel::comparisonWanted);
  QVERIFY(!button(panel, QStringLiteral("Week"))->isEnabled());
  button(panel, QStringLiteral("Two"))->click();
  QCOMPARE(wanted.count(), 1);
  QCOMPARE(wanted[0][0].toLongLong(), 1);
  QCOMPARE(wanted[0][1].toLongLong(), 3);
}

void TstRunsPanel::oneSelectedRunIsComparedWithLastWeek() {
  RunsPanel panel;
  panel.setRuns(sampleRuns());
  panel.selectRuns({2});
  QSignalSpy wanted(&panel, &RunsPanel::lastWeekWanted);
  button(panel, QStringLiteral("Week"))->click();
  QCOMPARE(wanted[0][0].toLongLong(), 2);
}

void TstRunsPanel::onlyRunsOfTheOpenModelAreShownIfWanted() {
  RunsPanel panel;
  panel.setRuns(sampleRuns());
  panel.setModel(QStringLiteral("gpt"));
  const DataTable* list = table(panel, QStringLiteral("Kept runs"));
  QCOMPARE(list->shownRows(), 3);
  panel.findChild<QCheckBox*>()->setChecked(true);
  QCOMPARE(list->shownRows(), 2);
  panel.setModel(QStringLiteral("mlp"));
  QCOMPARE(list->shownRows(), 1);
}

void TstRunsPanel::theSelectionOutlivesANewRun() {
  RunsPanel panel;
  panel.setRuns(sampleRuns());
  panel.selectRuns({1, 2});
  auto more = sampleRuns();
  more.insert(more.begin(), keptRun(4, "mlp", 3));
  panel.setRuns(more);
  QSignalSpy wanted(&panel, &RunsPanel::comparisonWanted);
  button(panel, QStringLiteral("Two"))->click();
  QCOMPARE(wanted[0][0].toLongLong(), 1);
  QCOMPARE(wanted[0][1].toLongLong(), 2);
}

void TstRunsPanel::aPairNamesItsRegressions() {
  RunsPanel panel;
  panel.setRuns(sampleRuns());
  panel.showPair(samplePair());
  QVERIFY(panel.sentence().startsWith(QStringLiteral("Compiled gained 1.25x [")));
  QStringList texts;
  for (const QLabel* label : panel.findChildren<QLabel*>()) texts << label->text();
  QVERIFY(texts.contains(QStringLiteral("Slower: fused_gelu in 'block.0' (forward) by 15.00 us.")));
  QCOMPARE(table(panel, QStringLiteral("Both runs by module and kernel"))->shownRows(), 1);
  const auto& figures = table(panel, QStringLiteral("Both runs in figures"))->model();
  QCOMPARE(figures.data(figures.index(0, 0)).toString(), QStringLiteral("compiled step"));
  QCOMPARE(figures.data(figures.index(0, 3)).toString(), QStringLiteral("-20.0 %"));
}

void TstRunsPanel::tablesAreConsistentModels() {
  const auto pair = std::make_shared<const models::RunPair>(samplePair());
  const auto runs = std::make_shared<const std::vector<KeptRun>>(sampleRuns());
  for (const models::Table& each : {models::keptRunTable(runs), models::comparedFigureTable(pair),
                                    models::comparedPartTable(pair)}) {
    models::TableModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setTable(each);
    QVERIFY(model.rowCount() > 0);
  }
}

WATCHED_TEST_MAIN(TstRunsPanel)
#include "tst_runs_panel.moc"
