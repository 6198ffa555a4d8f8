// The window keeps what it measured, and compares it with what it kept before.

#include <QFile>

#include "app/explorer/history/run_keeper.h"
#include "tests/app/window_fixture.h"
#include "views/pages/compare_page.h"
#include "views/pages/run_page.h"
#include "views/pages/runs_panel.h"

using core::history::KeptRun;
using core::pipeline::Goal;
using explorer::RunKeeper;
using support::WindowFixture;
using views::pages::PageId;

class TstKeptRuns : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aMeasurementIsKeptWithItsConditionsAndProfile();
  void nothingIsKeptIfThePersonDoesNotWantIt();
  void twoRunsAreComparedOnTheComparePage();
  void aFileThatIsNoHistoryIsToldOf();

 private:
  /// Runs the fake model; false if nothing was kept in time.
  static bool measure(WindowFixture& fixture) {
    auto* keeper = fixture.window.findChild<RunKeeper*>();
    QSignalSpy listed(keeper, &RunKeeper::listed);
    fixture.window.actions()->run->trigger();
    return listed.wait(support::kWindowPatience);
  }
  static std::vector<KeptRun> runsOf(WindowFixture& fixture) {
    auto* keeper = fixture.window.findChild<RunKeeper*>();
    auto runs = core::history::RunHistory::open(keeper->file().toStdString());
    return runs ? runs->runs("", 100).value() : std::vector<KeptRun>();
  }
};

void TstKeptRuns::aMeasurementIsKeptWithItsConditionsAndProfile() {
  WindowFixture fixture;
  QVERIFY(fixture.open("partial,done"));
  QTRY_COMPARE_WITH_TIMEOUT(runsOf(fixture).size(), std::size_t{1}, support::kWindowPatience);
  QVERIFY(measure(fixture));
  QTRY_COMPARE_WITH_TIMEOUT(runsOf(fixture).size(), std::size_t{2}, support::kWindowPatience);
  const auto runs = runsOf(fixture);
  QCOMPARE(runs[0].conditions.model, std::string("mlp"));
  QCOMPARE(runs[0].conditions.graphHash, std::string("cafe"));
  QCOMPARE(runs[0].measurement.eager.samplesMs,
           fixture.controller.snapshot()->record()->measurement->eager.samplesMs);
  fixture.window.actions()->profile->trigger();
  const auto partsOfLast = [&] {
    auto* keeper = fixture.window.findChild<RunKeeper*>();
    auto history = core::history::RunHistory::open(keeper->file().toStdString());
    return history->parts(2).value();
  };
  QTRY_VERIFY_WITH_TIMEOUT(!partsOfLast().empty(), support::kWindowPatience);
  QCOMPARE(partsOfLast()[0].module, std::string("fc1"));
  QCOMPARE(partsOfLast()[0].name, std::string("aten::mm"));
}

void TstKeptRuns::nothingIsKeptIfThePersonDoesNotWantIt() {
  WindowFixture fixture;
  auto* keeper = fixture.window.findChild<RunKeeper*>();
  keeper->setKeeping(false);
  QVERIFY(fixture.open("partial,done"));
  QSignalSpy settled(&fixture.controller, &explorer::ExplorerController::settled);
  fixture.window.actions()->run->trigger();
  QVERIFY(settled.wait(support::kWindowPatience));
  QTest::qWait(50);
  QVERIFY(!QFile::exists(keeper->file()));
}

void TstKeptRuns::twoRunsAreComparedOnTheComparePage() {
  WindowFixture fixture;
  QVERIFY(fixture.open("partial,done"));
  QVERIFY(measure(fixture));
  QTRY_COMPARE_WITH_TIMEOUT(runsOf(fixture).size(), std::size_t{2}, support::kWindowPatience);
  fixture.window.actions()->keptRuns->trigger();
  QCOMPARE(fixture.window.currentPage(), PageId::Compare);
  auto* panel = fixture.window.findChild<views::pages::RunsPanel*>();
  QTRY_VERIFY_WITH_TIMEOUT(panel->hasRuns() && panel->isVisible(), support::kWindowPatience);
  auto* keeper = fixture.window.findChild<RunKeeper*>();
  QSignalSpy compared(keeper, &RunKeeper::compared);
  QSignalSpy failed(keeper, &RunKeeper::failed);
  Q_EMIT panel->comparisonWanted(1, 2);
  QVERIFY(compared.wait(support::kWindowPatience));
  QVERIFY(panel->sentence().startsWith(QStringLiteral("No difference is shown")));
  Q_EMIT panel->lastWeekWanted(1);
  QVERIFY(failed.wait(support::kWindowPatience));
  QVERIFY(panel->sentence().contains(QStringLiteral("no older run")));
}

void TstKeptRuns::aFileThatIsNoHistoryIsToldOf() {
  const QTemporaryDir folder;
  QFile file(folder.filePath(QStringLiteral("runs.sqlite")));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(QByteArray(5000, 'x'));
  file.close();
  RunKeeper keeper(file.fileName());
  QSignalSpy failed(&keeper, &RunKeeper::failed);
  keeper.readAgain();
  QVERIFY(failed.wait(support::kWindowPatience));
  QVERIFY(failed[0][0].toString().contains(QStringLiteral("runs.sqlite")));
}

QTEST_MAIN(TstKeptRuns)
#include "tst_kept_runs.moc"
