// The profile and the search on the run page: boxes lead to nodes and back, tables agree with the
// slices, and every state says what to do.

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/sample_record.h"
#include "tests/support/watched_application.h"
#include "views/pages/data_table.h"
#include "views/pages/profile_panel.h"
#include "views/pages/step_search_panel.h"
#include "views/plot/error_chart.h"
#include "views/plot/saving_chart.h"
#include "views/plot/slice_chart.h"

using namespace views;
using namespace views::pages;
using plot::SliceChart;

namespace {

Snapshot sampleSnapshot() {
  Snapshot snapshot;
  snapshot.modelPath = QStringLiteral("/models/net.pt2");
  snapshot.index = std::make_shared<const models::RecordIndex>(
      support::sampleRecord(support::Filled::Partition));
  snapshot.profile = std::make_shared<const core::run::Profile>(support::sampleProfile());
  snapshot.search = std::make_shared<const core::run::StepSearch>(support::sampleSearch());
  return snapshot;
}

models::ProfilePtr sampleProfile() {
  return std::make_shared<const core::run::Profile>(support::sampleProfile());
}

double sumOf(const models::SliceTrack& track, int depth) {
  double sum = 0;
  for (const auto& slice : track.slices)
    if (slice.depth == depth) sum += slice.us;
  return sum;
}

DataTable* tableOf(QWidget& panel, const char* name) {
  for (DataTable* table : panel.findChildren<DataTable*>())
    if (table->accessibleName() == QLatin1String(name)) return table;
  return nullptr;
}

}  // namespace

class TstProfileViews : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theTimelineHasEveryFoundSlice();
  void theFlameAddsUpAtEveryLevel();
  void tablesAreConsistentModels();
  void aBoxLeadsToItsNodeAndBack();
  void keysZoomPanAndStep();
  void zoomKeepsTheTimeUnderThePointer();
  void exportsCarryEverySlice();
  void anEmptyProfileSaysHowToGetOne();
  void savingBarsLeadToTheirNode();
  void theFoundNodeIsSelectedAndShown();
  void aSearchThatFoundNothingSaysSo();
};

void TstProfileViews::theTimelineHasEveryFoundSlice() {
  const auto tracks = models::timelineTracks(sampleProfile());
  QCOMPARE(tracks.size(), std::size_t{2});
  QCOMPARE(tracks[0].slices.size(), std::size_t{5});
  QCOMPARE(tracks[1].slices.size(), std::size_t{4});
  QVERIFY(tracks[1].isCompiled);
  QCOMPARE(tracks[0].endUs, 100.0);
  QCOMPARE(tracks[1].slices[1].nodes, (QStringList{"relu", "t_1"}));
  QCOMPARE(tracks[0].slices[4].depth, 1);
}

void TstProfileViews::theFlameAddsUpAtEveryLevel() {
  const Snapshot snapshot = sampleSnapshot();
  const auto tracks = models::flameTracks(snapshot.profile, snapshot.index);
  QCOMPARE(tracks.size(), std::size_t{2});
  QCOMPARE(tracks[0].depths, 3);
  QCOMPARE(sumOf(tracks[0], 0), 90.0);
  QCOMPARE(sumOf(tracks[0], 1), 90.0);
  QCOMPARE(sumOf(tracks[0], 2), 90.0);
  QCOMPARE(sumOf(tracks[1], 0), 69.0);
}

void TstProfileViews::tablesAreConsistentModels() {
  const auto profile = sampleProfile();
  auto savings = std::make_shared<const std::vector<core::run::GroupSaving>>(
      core::run::groupSavings(*profile));
  auto tracks =
      std::make_shared<const std::vector<models::SliceTrack>>(models::timelineTracks(profile));
  for (const models::Table& table : {models::operatorTimeTable(profile), models::gapTable(profile),
                                     models::savingTable(savings), models::sliceTable(tracks)}) {
    models::TableModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setTable(table);
    QVERIFY(model.rowCount() > 0);
    for (int column = 0; column < model.columnCount(); ++column)
      QVERIFY(!model.data(model.index(0, column)).toString().isNull());
  }
  models::TableModel operators;
  operators.setTable(models::operatorTimeTable(profile));
  QCOMPARE(operators.rowCount(), 7);
  QCOMPARE(operators.data(operators.index(0, 1)).toString(), QStringLiteral("aten.mm.default"));
  QCOMPARE(operators.data(operators.index(0, 4)).toString(), QStringLiteral("62.5 %"));
}

void TstProfileViews::aBoxLeadsToItsNodeAndBack() {
  shared::SelectionHub hub;
  ProfilePanel panel(&hub);
  panel.setSnapshot(sampleSnapshot());
  panel.resize(800, 500);
  panel.show();
  SliceChart* chart = panel.timeline();
  chart->step(1);
  chart->step(1);
  QTest::keyClick(chart, Qt::Key_Return);
  QCOMPARE(hub.selection().primary(), QStringLiteral("relu"));
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("threshold_backward"));
  QVERIFY(chart->currentText().contains(QStringLiteral("ReluBackward0")));
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("t_1"));
  QVERIFY(chart->currentText().contains(QStringLiteral("fused_relu")));
  const QPoint first(chart->width() / 8, chart->fontMetrics().height() * 3 + 18);
  QTest::mouseClick(chart, Qt::LeftButton, Qt::NoModifier, first);
  QCOMPARE(hub.selection().primary(), QStringLiteral("mm"));
}

void TstProfileViews::keysZoomPanAndStep() {
  SliceChart chart(QStringLiteral("chart"), nullptr);
  chart.setTracks(std::make_shared<const std::vector<models::SliceTrack>>(
      models::timelineTracks(sampleProfile())));
  QCOMPARE(chart.viewLength(), 100.0);
  QTest::keyClick(&chart, Qt::Key_W);
  QVERIFY(chart.viewLength() < 70);
  const double start = chart.viewStart();
  QTest::keyClick(&chart, Qt::Key_D);
  QVERIFY(chart.viewStart() > start);
  QTest::keyClick(&chart, Qt::Key_Home);
  QCOMPARE(chart.viewStart(), 0.0);
  QCOMPARE(chart.viewLength(), 100.0);
  for (int i = 0; i < 9; ++i) QTest::keyClick(&chart, Qt::Key_Period);
  const QString last = chart.currentText();
  QVERIFY(last.contains(QStringLiteral("fused_threshold")));
  QTest::keyClick(&chart, Qt::Key_Period);
  QCOMPARE(chart.currentText(), last);
  QTest::keyClick(&chart, Qt::Key_Comma);
  QVERIFY(chart.currentText() != last);
}

void TstProfileViews::zoomKeepsTheTimeUnderThePointer() {
  SliceChart chart(QStringLiteral("chart"), nullptr);
  chart.setTracks(std::make_shared<const std::vector<models::SliceTrack>>(
      models::timelineTracks(sampleProfile())));
  chart.zoom(4, 60);
  QCOMPARE(chart.viewLength(), 25.0);
  QCOMPARE((60 - chart.viewStart()) / chart.viewLength(), 0.6);
  chart.pan(10);
  QCOMPARE(chart.viewStart() + chart.viewLength(), 100.0);
  chart.zoom(1e-3, 0);
  QCOMPARE(chart.viewLength(), 100.0);
}

void TstProfileViews::exportsCarryEverySlice() {
  SliceChart chart(QStringLiteral("chart"), nullptr);
  chart.resize(1400, 300);
  chart.setTracks(std::make_shared<const std::vector<models::SliceTrack>>(
      models::timelineTracks(sampleProfile())));
  QCOMPARE(chart.asCsv().trimmed().count(QChar('\n')), 9);
  QVERIFY(chart.asSvg().contains("fused_threshold"));
  const QTemporaryDir folder;
  const QString path = folder.filePath(QStringLiteral("chart.png"));
  QVERIFY(chart.exportTo(path));
  QCOMPARE(QImage(path).width(), 2800);
}

void TstProfileViews::anEmptyProfileSaysHowToGetOne() {
  shared::SelectionHub hub;
  ProfilePanel panel(&hub);
  Snapshot snapshot = sampleSnapshot();
  snapshot.profile.reset();
  panel.setSnapshot(snapshot);
  const auto* label = panel.findChild<QLabel*>();
  QVERIFY(label->text().contains(QStringLiteral("Shift+F9")));
  snapshot.busy = true;
  panel.setSnapshot(snapshot);
  QVERIFY(label->text().contains(QStringLiteral("works")));
  panel.timeline()->step(1);
  QVERIFY(panel.timeline()->currentText().isEmpty());
}

void TstProfileViews::savingBarsLeadToTheirNode() {
  plot::SavingChart chart;
  chart.resize(500, 300);
  chart.setSavings(std::make_shared<const std::vector<core::run::GroupSaving>>(
      core::run::groupSavings(support::sampleProfile())));
  QCOMPARE(chart.barCount(), 5);
  QVERIFY(chart.asCsv().contains(QStringLiteral("only in eager")));
  chart.show();
  QSignalSpy chosen(&chart, &plot::SavingChart::nodeChosen);
  QTest::qWait(10);
  QTest::mouseClick(&chart, Qt::LeftButton, Qt::NoModifier, {250, 30});
  QCOMPARE(chosen.count(), 1);
  QCOMPARE(chosen[0][0].toString(), QStringLiteral("mm_1"));
}

void TstProfileViews::theFoundNodeIsSelectedAndShown() {
  shared::SelectionHub hub;
  StepSearchPanel panel(&hub);
  panel.setSnapshot(sampleSnapshot());
  QCOMPARE(hub.selection().primary(), QStringLiteral("relu"));
  QVERIFY(panel.sentence().startsWith(QStringLiteral("✕ 'relu' (aten.relu.default)")));
  QStringList texts;
  for (const QLabel* label : panel.findChildren<QLabel*>()) texts << label->text();
  QVERIFY(texts.join(QChar(' ')).contains(QStringLiteral("[3, 2]")));
  QCOMPARE(tableOf(panel, "Compared values")->shownRows(), 2);
  QSignalSpy wanted(&panel, &StepSearchPanel::graphWanted);
  panel.findChild<QPushButton*>()->click();
  QCOMPARE(wanted.count(), 1);
  const auto* chart = panel.findChild<plot::ErrorChart*>();
  QVERIFY(chart->asCsv().contains(QStringLiteral("1e-3,11")));
}

void TstProfileViews::aSearchThatFoundNothingSaysSo() {
  shared::SelectionHub hub;
  StepSearchPanel panel(&hub);
  Snapshot snapshot = sampleSnapshot();
  core::run::StepSearch search = *snapshot.search;
  search.first.reset();
  snapshot.search = std::make_shared<const core::run::StepSearch>(search);
  panel.setSnapshot(snapshot);
  QVERIFY(panel.sentence().startsWith(QStringLiteral("✓ No step differs")));
  QVERIFY(hub.selection().isEmpty());
  QVERIFY(panel.findChild<QPushButton*>()->isHidden());
  const auto* chart = panel.findChild<plot::ErrorChart*>();
  QVERIFY(chart->asCsv().contains(QStringLiteral("equal,1")));
  QVERIFY(chart->asCsv().contains(QStringLiteral("1e-3,1")));
}

WATCHED_TEST_MAIN(TstProfileViews)
#include "tst_profile_views.moc"
