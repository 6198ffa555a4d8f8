// Steering a partition: charts by mouse and keyboard, what moved, budgets of modules, and the
// answer to "why?".

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "core/partition/partition_joint.h"
#include "tests/support/sample_record.h"
#include "tests/support/watched_application.h"
#include "views/graph/graph_view.h"
#include "views/models/partition_difference.h"
#include "views/models/partition_tables.h"
#include "views/pages/budget_panel.h"
#include "views/pages/curve_panel.h"
#include "views/pages/data_table.h"
#include "views/pages/difference_panel.h"
#include "views/pages/memory_panel.h"
#include "views/pages/module_budget_panel.h"
#include "views/pages/partition_page.h"
#include "views/pages/why_panel.h"
#include "views/plot/budget_chart.h"
#include "views/plot/memory_chart.h"

using namespace views;
using namespace views::pages;
using core::partition::PartitionOptions;
using models::PartitionPtr;
using support::Filled;

namespace {

PartitionPtr partitionOf(const PartitionOptions& options) {
  const auto record = support::sampleRecord(Filled::Partition);
  auto result = core::partition::partition(*record->joint, options, {});
  Q_ASSERT(result);
  return std::make_shared<const core::partition::Partition>(std::move(*result));
}

PartitionOptions pinned(const char* name) {
  PartitionOptions options;
  options.recompute = {name};
  return options;
}

core::partition::ParetoPoint point(std::optional<double> budget, std::int64_t saved,
                                   std::int64_t peak, double seconds, bool onSaved, bool onPeak) {
  core::partition::ParetoPoint made;
  made.budget = budget;
  made.figures.savedBytes = saved;
  made.figures.peakBytes = peak;
  made.figures.recomputeSeconds = seconds;
  made.onSavedFront = onSaved;
  made.onPeakFront = onPeak;
  return made;
}

/// Three points on the front of saved bytes, two on the front of peaks, one of them by a limit.
models::CurvePtr sampleCurve() {
  auto curve = std::make_shared<core::partition::ParetoCurve>();
  curve->points = {
      point(0.0, 1000, 9000, 3e-3, true, false), point(std::nullopt, 1500, 4000, 4e-3, false, true),
      point(0.5, 2000, 6000, 1e-3, true, true), point(1.0, 4000, 9000, 0, true, false)};
  curve->pytorchDefault = curve->points.back().figures;
  curve->pytorchMinCut = curve->points.back().figures;
  return curve;
}

plot::BudgetChartContent sampleContent() {
  plot::BudgetChartContent content;
  content.curve = sampleCurve();
  content.present = models::placeOf(content.curve->points[2].figures);
  return content;
}

std::shared_ptr<Snapshot> snapshotWithStudy() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->modelPath = QStringLiteral("/models/net.pt2");
  auto record =
      std::make_shared<core::pipeline::CompileRecord>(*support::sampleRecord(Filled::Partition));
  record->partition = partitionOf(pinned("relu"));
  snapshot->index = std::make_shared<const models::RecordIndex>(record);
  auto study = std::make_shared<models::PartitionStudy>();
  study->other = partitionOf({});
  study->timeline = std::make_shared<const core::partition::MemoryTimeline>(
      core::partition::memoryTimeline(*record->partition));
  study->otherTimeline = std::make_shared<const core::partition::MemoryTimeline>(
      core::partition::memoryTimeline(*study->other));
  study->curve = sampleCurve();
  snapshot->study = study;
  return snapshot;
}

QString cell(const models::Table& table, const QString& title, int row) {
  for (const models::Column& column : table.columns) {
    if (column.title == title) return column.text(row);
  }
  return QStringLiteral("no column ") + title;
}

}  // namespace

class TstPartitionViews : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void differenceListsWhatChangedItsFate();
  void equalPartitionsDifferInNothing();
  void savedTensorsTellWhoReadsThemAndHowTheyArePinned();
  void arrowKeysStepAlongTheFrontOfTheChosenAxis();
  void draggingPreviewsAndLettingGoChooses();
  void chartsExportTheirNumbersAndTheirPicture();
  void chartsSayWhyTheyAreEmpty();
  void memoryCursorMovesByKeyboardAndListsWhatIsAlive();
  void pointOfTheCurveBecomesABudgetOrAPeakLimit();
  void moduleBudgetsAreSetReplacedAndRemoved();
  void modulePanelOffersTheModulesOfTheModel();
  void differencePanelComparesAndKeeps();
  void previewMarksTheGraphWithoutALayout();
  void whyNamesTheReadersAndTheCostOfTheOtherChoice();
};

void TstPartitionViews::differenceListsWhatChangedItsFate() {
  const PartitionPtr before = partitionOf({});
  const PartitionPtr after = partitionOf(pinned("relu"));
  const auto difference = models::partitionDifference(before, after);
  const auto relu = std::find_if(difference.moved.begin(), difference.moved.end(),
                                 [](const auto& moved) { return moved.name == "relu"; });
  QVERIFY(relu != difference.moved.end());
  QCOMPARE(relu->before, models::Fate::Saved);
  QCOMPARE(relu->after, models::Fate::Recomputed);
  QCOMPARE(relu->bytes, std::int64_t(2048));
  const models::Table table =
      models::movedTable(std::make_shared<const models::PartitionDifference>(difference), "before");
  QCOMPARE(table.rows, static_cast<int>(difference.moved.size()));
  QCOMPARE(cell(table, "before", static_cast<int>(relu - difference.moved.begin())),
           QStringLiteral("◆ saved"));
  const models::Table figures = models::figuresTable(before, "before", after);
  QCOMPARE(cell(figures, "figure", 4), QStringLiteral("↻ recomputed calls"));
  QCOMPARE(cell(figures, "now", 4), QString::number(after->recomputed.size()));
}

void TstPartitionViews::equalPartitionsDifferInNothing() {
  const PartitionPtr partition = partitionOf({});
  const auto difference = models::partitionDifference(partition, partition);
  QVERIFY(difference.moved.empty());
  QVERIFY(
      models::differenceSentence(*partition, *partition).contains(QStringLiteral("saved (±0)")));
}

void TstPartitionViews::savedTensorsTellWhoReadsThemAndHowTheyArePinned() {
  auto record =
      std::make_shared<core::pipeline::CompileRecord>(*support::sampleRecord(Filled::Partition));
  PartitionOptions options;
  options.save = {"relu"};
  record->partition = partitionOf(options);
  const auto index = std::make_shared<const models::RecordIndex>(record);
  const models::Table table = models::savedTensorTable(index);
  models::TableModel model;
  model.setTable(table);
  const int relu = model.rowOfNode(QStringLiteral("relu"));
  QVERIFY(relu >= 0);
  QCOMPARE(cell(table, "shape", relu), QStringLiteral("[32, 16]"));
  QCOMPARE(cell(table, "dtype", relu), QStringLiteral("f32"));
  QCOMPARE(cell(table, "producer", relu), QStringLiteral("aten.relu.default"));
  QCOMPARE(cell(table, "pin", relu), QStringLiteral("saved"));
  QVERIFY(cell(table, "consumers", relu).contains(QStringLiteral("threshold_backward")));
  QVERIFY(cell(table, "lifetime", relu).startsWith(QStringLiteral("fwd ")));
  QCOMPARE(table.columns[models::kSavedBytesColumn].title, QStringLiteral("bytes"));
}

void TstPartitionViews::arrowKeysStepAlongTheFrontOfTheChosenAxis() {
  plot::BudgetChart chart;
  chart.setContent(sampleContent());
  chart.show();
  QSignalSpy chosen(&chart, &plot::BudgetChart::pointChosen);
  QTest::keyClick(&chart, Qt::Key_Right);
  QTest::keyClick(&chart, Qt::Key_Left);
  QCOMPARE(chosen.count(), 2);
  QCOMPARE(chosen[0][0].toInt(), 3);
  QCOMPARE(chosen[1][0].toInt(), 0);
  chart.setAxis(plot::MemoryAxis::Peak);
  QCOMPARE(chart.front(), (std::vector<int>{1, 2}));
  QTest::keyClick(&chart, Qt::Key_Home);
  QCOMPARE(chosen[2][0].toInt(), 1);
  QTest::keyClick(&chart, Qt::Key_End);  // The present one is the last: there is nowhere to go.
  QCOMPARE(chosen.count(), 3);
}

void TstPartitionViews::draggingPreviewsAndLettingGoChooses() {
  plot::BudgetChart chart;
  chart.resize(400, 300);
  chart.setContent(sampleContent());
  chart.show();
  QVERIFY(QTest::qWaitForWindowExposed(&chart));
  QSignalSpy previewed(&chart, &plot::BudgetChart::pointPreviewed);
  QSignalSpy chosen(&chart, &plot::BudgetChart::pointChosen);
  QTest::mousePress(&chart, Qt::LeftButton, {}, QPoint(80, 20));
  QCOMPARE(previewed.count(), 1);
  QCOMPARE(previewed[0][0].toInt(), 0);
  QCOMPARE(chosen.count(), 0);
  QTest::mouseMove(&chart, QPoint(390, 20));
  QTest::mouseRelease(&chart, Qt::LeftButton, {}, QPoint(390, 20));
  QCOMPARE(chosen.count(), 1);
  QCOMPARE(chosen[0][0].toInt(), previewed.last()[0].toInt());
}

void TstPartitionViews::chartsExportTheirNumbersAndTheirPicture() {
  QTemporaryDir folder;
  plot::BudgetChart chart;
  chart.resize(400, 300);
  chart.setContent(sampleContent());
  const QStringList lines = chart.asCsv().split(QStringLiteral("\r\n"), Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 5);
  QCOMPARE(lines[3], QStringLiteral("0.5,2000,6000,0.001,0,0"));
  QVERIFY(chart.asSvg().contains("<svg"));
  for (const char* suffix : {"csv", "svg", "png"}) {
    const QString path = folder.filePath(QStringLiteral("chart.") + QLatin1String(suffix));
    QVERIFY(chart.exportTo(path));
    QVERIFY(QFileInfo(path).size() > 0);
  }
  QVERIFY(!QImage(folder.filePath(QStringLiteral("chart.png"))).isNull());
}

void TstPartitionViews::chartsSayWhyTheyAreEmpty() {
  CurvePanel panel;
  Snapshot snapshot;
  panel.setSnapshot(snapshot);
  QVERIFY(panel.chart()->accessibleDescription().contains(QStringLiteral("joint graph")));
  auto study = std::make_shared<models::PartitionStudy>();
  study->curveBusy = true;
  snapshot.study = study;
  panel.setSnapshot(snapshot);
  QVERIFY(panel.chart()->accessibleDescription().contains(QStringLiteral("Computing")));
  study = std::make_shared<models::PartitionStudy>();
  study->curveProblem = QStringLiteral("'relu' is pinned twice.");
  snapshot.study = study;
  panel.setSnapshot(snapshot);
  QVERIFY(
      panel.chart()->accessibleDescription().contains(QStringLiteral("'relu' is pinned twice")));
}

void TstPartitionViews::memoryCursorMovesByKeyboardAndListsWhatIsAlive() {
  shared::SelectionHub hub;
  MemoryPanel panel(&hub);
  const auto snapshot = snapshotWithStudy();
  panel.setSnapshot(*snapshot);
  panel.show();
  const auto& timeline = *snapshot->study->timeline;
  QCOMPARE(panel.chart()->cursor(), timeline.peakStep);
  QCOMPARE(panel.aliveTable()->shownRows(),
           static_cast<int>(timeline.aliveAt(timeline.peakStep).size()));
  QTest::keyClick(panel.chart(), Qt::Key_Home);
  QTest::keyClick(panel.chart(), Qt::Key_Right);
  QCOMPARE(panel.chart()->cursor(), 1);
  QCOMPARE(panel.aliveTable()->shownRows(), static_cast<int>(timeline.aliveAt(1).size()));
  QTest::keyClick(panel.chart(), Qt::Key_Return);
  QCOMPARE(hub.selection().primary(), QString::fromStdString(timeline.steps[1].name));
  QCOMPARE(panel.chart()->asCsv().count(QStringLiteral("\r\n")),
           static_cast<int>(timeline.steps.size()) + 1);
}

void TstPartitionViews::pointOfTheCurveBecomesABudgetOrAPeakLimit() {
  const auto curve = sampleCurve();
  PartitionOptions options = pinned("relu");
  options = withPoint(options, curve->points[1]);
  QCOMPARE(options.peakLimit, std::optional<std::int64_t>(4000));
  options = withPoint(options, curve->points[2]);
  QCOMPARE(options.peakLimit, std::nullopt);
  QCOMPARE(options.budget, 0.5);
  QCOMPARE(options.recompute, std::vector<std::string>{"relu"});
}

void TstPartitionViews::moduleBudgetsAreSetReplacedAndRemoved() {
  PartitionOptions options = withModuleBudget({}, "fc1", 0.5);
  options = withModuleBudget(options, "act", 0.2);
  options = withModuleBudget(options, "fc1", 0.25);
  QCOMPARE(options.moduleBudgets.size(), std::size_t(2));
  const models::Table table = models::moduleBudgetTable(options);
  QCOMPARE(cell(table, "module", 0), QStringLiteral("fc1"));
  QCOMPARE(cell(table, "budget", 0), QStringLiteral("0.25"));
  options = withModuleBudget(options, "fc1", std::nullopt);
  QCOMPARE(options.moduleBudgets.size(), std::size_t(1));
  QVERIFY(samePartition(options, withModuleBudget({}, "act", 0.2)));
}

void TstPartitionViews::modulePanelOffersTheModulesOfTheModel() {
  shared::SelectionHub hub;
  ModuleBudgetPanel panel(&hub);
  panel.setSnapshot(*snapshotWithStudy());
  QSignalSpy chosen(&panel, &ModuleBudgetPanel::budgetChosen);
  hub.selectModule(shared::GraphKind::Joint, QStringLiteral("fc2"));
  panel.findChild<QDoubleSpinBox*>()->setValue(0.3);
  for (QPushButton* button : panel.findChildren<QPushButton*>()) {
    if (button->text() == QStringLiteral("Se&t")) button->click();
  }
  QCOMPARE(chosen.count(), 1);
  QCOMPARE(chosen[0][0].toString(), QStringLiteral("fc2"));
  QCOMPARE(chosen[0][1].value<std::optional<double>>(), std::optional<double>(0.3));
}

void TstPartitionViews::differencePanelComparesAndKeeps() {
  shared::SelectionHub hub;
  DifferencePanel panel(&hub);
  Snapshot empty;
  panel.setSnapshot(empty);
  QVERIFY(panel.summary().contains(QStringLiteral("nothing to compare")));
  panel.setSnapshot(*snapshotWithStudy());
  QVERIFY2(panel.summary().contains(QStringLiteral("moved: ")), qPrintable(panel.summary()));
  QSignalSpy kept(&panel, &DifferencePanel::keepWanted);
  panel.findChild<QPushButton*>()->click();
  QCOMPARE(kept.count(), 1);
}

void TstPartitionViews::previewMarksTheGraphWithoutALayout() {
  shared::SelectionHub hub;
  PartitionPage page(&hub);
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->modelPath = QStringLiteral("/models/net.pt2");
  snapshot->index =
      std::make_shared<const models::RecordIndex>(support::sampleRecord(Filled::Partition));
  page.setSnapshot(snapshot);
  page.show();
  QTRY_VERIFY(!page.isLayingOut());
  auto* mirrored = page.findChild<graph::GraphView*>();
  QVERIFY(mirrored->canvas()->cutMarks().boxes.empty());
  const auto scene = mirrored->canvas()->scene();
  page.showPreview(partitionOf(pinned("relu")));
  QCOMPARE(mirrored->canvas()->scene(), scene);
  const auto& geometry = scene->geometry();
  const int relu = geometry.boxesOf("relu").front();
  const auto& marks = mirrored->canvas()->cutMarks();
  QVERIFY(marks.boxes.count(relu) == 1);
  QCOMPARE(marks.boxes.at(relu).before, graph::CutFate::Saved);
  QCOMPARE(marks.boxes.at(relu).after, graph::CutFate::Recomputed);
  QVERIFY(!marks.droppedEdges.empty());
  QVERIFY(page.budgetPanel()->figures().startsWith(QStringLiteral("Preview: ")));
  page.setSnapshot(std::make_shared<Snapshot>(*snapshot));
  page.grab();
  QVERIFY(!page.budgetPanel()->figures().startsWith(QStringLiteral("Preview: ")));
}

void TstPartitionViews::whyNamesTheReadersAndTheCostOfTheOtherChoice() {
  const auto record = support::sampleRecord(Filled::Partition);
  const auto answer = core::partition::whyValue(*record->joint, *record->partition, "relu", {});
  QVERIFY(answer);
  const QString text = whyText(*answer);
  QVERIFY2(text.contains(QStringLiteral("threshold_backward")), qPrintable(text));
  QVERIFY2(text.contains(QStringLiteral("If recomputed: ")), qPrintable(text));
  WhyPanel panel;
  panel.showBusy();
  panel.showAnswer(core::Error{core::ErrorCode::InvalidArgument, "No such value.", {}, {}});
  QCOMPARE(panel.text(), QStringLiteral("No such value."));
}

WATCHED_TEST_MAIN(TstPartitionViews)
#include "tst_partition_views.moc"
