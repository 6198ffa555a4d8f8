// Every table and every chart of the partition page, walked: reached by Tab, moved by keys,
// exported, and with a sentence in place of what is not there. A part that is added to the page is
// walked too.

#include <QAction>
#include <QImage>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>

#include "core/partition/memory_timeline.h"
#include "core/partition/partition_joint.h"
#include "tests/support/sample_record.h"
#include "tests/support/watched_application.h"
#include "views/pages/budget_panel.h"
#include "views/pages/curve_panel.h"
#include "views/pages/data_table.h"
#include "views/pages/partition_page.h"
#include "views/plot/budget_chart.h"
#include "views/plot/chart_frame.h"
#include "views/plot/sample_chart.h"

using namespace views;
using namespace views::pages;
using core::partition::PartitionOptions;
using plot::ChartFrame;
using support::Filled;

namespace {

models::PartitionPtr partitionOf(const PartitionOptions& options) {
  const auto record = support::sampleRecord(Filled::Partition);
  auto result = core::partition::partition(*record->joint, options, {});
  Q_ASSERT(result);
  return std::make_shared<const core::partition::Partition>(std::move(*result));
}

models::TimelinePtr timelineOf(const models::PartitionPtr& partition) {
  return std::make_shared<const core::partition::MemoryTimeline>(
      core::partition::memoryTimeline(*partition));
}

models::CurvePtr curve() {
  auto made = std::make_shared<core::partition::ParetoCurve>();
  for (const double budget : {0.0, 0.5, 1.0}) {
    core::partition::ParetoPoint point;
    point.budget = budget;
    point.figures.savedBytes = static_cast<std::int64_t>(1000 + 3000 * budget);
    point.figures.peakBytes = 9000;
    point.figures.recomputeSeconds = 1e-3 * (1 - budget);
    point.onSavedFront = true;
    made->points.push_back(point);
  }
  return made;
}

/// A page with rows in every table: something is saved, recomputed, moved, alive, and budgeted.
std::shared_ptr<Snapshot> filledSnapshot() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->modelPath = QStringLiteral("/models/net.pt2");
  PartitionOptions options;
  options.recompute = {"relu"};
  auto record =
      std::make_shared<core::pipeline::CompileRecord>(*support::sampleRecord(Filled::Partition));
  record->partition = partitionOf(options);
  snapshot->index = std::make_shared<const models::RecordIndex>(record);
  snapshot->options.partition = options;
  snapshot->options.partition.moduleBudgets = {{"fc1", 0.5}};
  auto study = std::make_shared<models::PartitionStudy>();
  study->other = partitionOf({});
  study->timeline = timelineOf(record->partition);
  study->otherTimeline = timelineOf(study->other);
  study->curve = curve();
  study->measured = {{models::placeOf(*record->partition), 2.5, 12345, options}};
  snapshot->study = study;
  return snapshot;
}

/// The page as it is shown, with every tab visited so that all parts are filled.
class ShownPage {
 public:
  explicit ShownPage(const std::shared_ptr<Snapshot>& snapshot) : page(&m_hub) {
    page.resize(1400, 900);
    page.setSnapshot(snapshot);
    page.show();
  }

  /// Brings the tab of a part to the front.
  void reveal(QWidget* part) {
    for (auto* tabs : page.findChildren<QTabWidget*>())
      for (int i = 0; i < tabs->count(); ++i)
        if (tabs->widget(i) == part || tabs->widget(i)->isAncestorOf(part))
          tabs->setCurrentIndex(i);
  }

 private:
  shared::SelectionHub m_hub;

 public:
  PartitionPage page;
};

bool canExportByKey(const QWidget& part) {
  const auto actions = part.actions();
  return std::any_of(actions.begin(), actions.end(), [](const QAction* action) {
    return action->text().contains(QStringLiteral("xport")) && !action->shortcut().isEmpty();
  });
}

/// What stands in place of the page's content.
QString notice(const PartitionPage& page) {
  QString text;
  for (const auto* label : page.findChildren<QLabel*>())
    if (label->isVisible()) text += label->text() + QLatin1Char('\n');
  return text;
}

}  // namespace

class TstPartitionParts : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyTableIsWalkedByKeys();
  void everyTableExportsItsRows();
  void everyEmptyTableSaysWhy();
  void everyChartIsWalkedByKeys();
  void everyChartExportsNumbersAndPictures();
  void everyChartSaysWhyItIsEmpty();
  void theLegendOfASmallChartDoesNotHideTheCurve();
  void thePageIsEmptyBusyOrStoppedInWords();
  void theFiguresNameTheirModelAndTheMeasuredPeak();
  void samplesOfARunAreWalkedAndExportedLikeTheOtherCharts();
  void furtherVariantsAreDrawnOnlyIfTheirCheckPassed();
};

void TstPartitionParts::everyTableIsWalkedByKeys() {
  ShownPage shown(filledSnapshot());
  const auto tables = shown.page.findChildren<DataTable*>();
  QVERIFY(tables.size() >= 6);
  for (DataTable* table : tables) {
    const QByteArray name = table->accessibleName().toUtf8();
    QVERIFY(!name.isEmpty());
    shown.reveal(table);
    QVERIFY2(table->focusPolicy() & Qt::TabFocus, name);
    QVERIFY2(table->shownRows() > 0, name);
    table->clearSelection();
    table->setCurrentIndex({});
    QTest::keyClick(table, Qt::Key_Home, Qt::ControlModifier);
    QVERIFY2(table->currentSourceRow() >= 0, name);
    const int first = table->currentIndex().row();
    QTest::keyClick(table, Qt::Key_End, Qt::ControlModifier);
    QVERIFY2(table->currentIndex().row() == table->shownRows() - 1, name);
    QVERIFY2(first == 0, name);
  }
}

void TstPartitionParts::everyTableExportsItsRows() {
  ShownPage shown(filledSnapshot());
  for (const DataTable* table : shown.page.findChildren<DataTable*>()) {
    const QByteArray name = table->accessibleName().toUtf8();
    QVERIFY2(canExportByKey(*table), name);
    QVERIFY2(table->shownAsCsv().count(QStringLiteral("\r\n")) == table->shownRows() + 1, name);
  }
}

void TstPartitionParts::everyEmptyTableSaysWhy() {
  ShownPage shown(filledSnapshot());
  QSet<QString> reasons;
  for (DataTable* table : shown.page.findChildren<DataTable*>()) {
    const QByteArray name = table->accessibleName().toUtf8();
    shown.reveal(table);
    table->setWords(QStringLiteral("no such word"));
    QCoreApplication::processEvents();
    table->grab();
    QVERIFY2(table->accessibleDescription().contains(QStringLiteral("search")), name);
    table->setWords({});
    table->grab();
    QVERIFY2(table->accessibleDescription().isEmpty(), name);
    table->setTable({});
    table->grab();
    QVERIFY2(!table->accessibleDescription().isEmpty(), name);
    reasons.insert(table->accessibleDescription());
  }
  QVERIFY2(reasons.size() >= 6, "each table has a sentence of its own");
}

void TstPartitionParts::everyChartIsWalkedByKeys() {
  ShownPage shown(filledSnapshot());
  const QSignalSpy chosen(&shown.page, &PartitionPage::pointChosen);
  const auto charts = shown.page.findChildren<ChartFrame*>();
  QVERIFY(charts.size() >= 2);
  for (ChartFrame* chart : charts) {
    const QByteArray name = chart->accessibleName().toUtf8();
    shown.reveal(chart);
    QVERIFY2(chart->focusPolicy() & Qt::TabFocus, name);
    const auto chosenBefore = chosen.count();
    QTest::keyClick(chart, Qt::Key_Home);
    const QByteArray atHome = chart->asSvg();
    QTest::keyClick(chart, Qt::Key_End);
    // A cursor moves in the picture; the slider chooses another point, and the page answers.
    QVERIFY2(chart->asSvg() != atHome || chosen.count() > chosenBefore, name);
  }
}

void TstPartitionParts::everyChartExportsNumbersAndPictures() {
  QTemporaryDir folder;
  ShownPage shown(filledSnapshot());
  for (ChartFrame* chart : shown.page.findChildren<ChartFrame*>()) {
    const QByteArray name = chart->accessibleName().toUtf8();
    shown.reveal(chart);
    QVERIFY2(canExportByKey(*chart), name);
    QVERIFY2(chart->asCsv().count(QStringLiteral("\r\n")) > 1, name);
    QVERIFY2(chart->asSvg().contains("<svg"), name);
    const QString picture = folder.filePath(QStringLiteral("chart.png"));
    QVERIFY2(chart->exportTo(picture), name);
    QVERIFY2(!QImage(picture).isNull(), name);
  }
}

void TstPartitionParts::everyChartSaysWhyItIsEmpty() {
  auto snapshot = filledSnapshot();
  snapshot->study = std::make_shared<models::PartitionStudy>();
  ShownPage shown(snapshot);
  for (const ChartFrame* chart : shown.page.findChildren<ChartFrame*>()) {
    const auto labels = chart->findChildren<QLabel*>();
    QVERIFY2(!labels.isEmpty() && !labels.front()->text().isEmpty(),
             chart->accessibleName().toUtf8());
  }
  const auto states = [&](auto&& change) {
    auto study = std::make_shared<models::PartitionStudy>();
    change(*study);
    auto changed = std::make_shared<Snapshot>(*snapshot);
    changed->study = study;
    shown.page.setSnapshot(changed);
    return shown.page.curvePanel()->chart()->accessibleDescription();
  };
  QVERIFY(states([](auto& study) { study.curveBusy = true; }).contains(QStringLiteral("omputing")));
  QVERIFY(states([](auto& study) {
            study.curveProblem = QStringLiteral("pinned twice");
          }).contains(QStringLiteral("pinned twice")));
}

void TstPartitionParts::theLegendOfASmallChartDoesNotHideTheCurve() {
  plot::BudgetChart chart;
  plot::BudgetChartContent content;
  content.curve = curve();
  chart.setContent(content);
  const auto drawn = [&](const QSize& size) {
    chart.resize(size);
    chart.grab();
    return chart.asSvg().contains("nothing beats it");
  };
  QVERIFY(drawn({400, 300}));
  QVERIFY(!drawn({270, 230}));
  QVERIFY(drawn({400, 300}));
}

void TstPartitionParts::thePageIsEmptyBusyOrStoppedInWords() {
  auto snapshot = std::make_shared<Snapshot>();
  ShownPage shown(snapshot);
  QVERIFY(notice(shown.page).contains(QStringLiteral("No model is open")));
  const auto change = [&](auto&& edit) {
    auto changed = std::make_shared<Snapshot>();
    changed->modelPath = QStringLiteral("/models/net.pt2");
    edit(*changed);
    shown.page.setSnapshot(changed);
    return notice(shown.page);
  };
  QVERIFY(change([](Snapshot&) {}).contains(QStringLiteral("no partition yet")));
  QVERIFY(change([](Snapshot& it) { it.busy = true; }).contains(QStringLiteral("Working")));
  const QString stopped = change([](Snapshot& it) {
    it.failure = Failure{core::pipeline::Stage::Partition,
                         {core::ErrorCode::PartitionInfeasible, "'relu' is pinned twice.", {}, {}}};
  });
  QVERIFY(stopped.contains(QStringLiteral("'relu' is pinned twice.")));
}

void TstPartitionParts::theFiguresNameTheirModelAndTheMeasuredPeak() {
  ShownPage shown(filledSnapshot());
  const QString figures = shown.page.budgetPanel()->figures();
  QVERIFY2(figures.contains(QStringLiteral("by roofline")), figures.toUtf8());
  QVERIFY2(figures.contains(QStringLiteral("12.1 KiB measured")), figures.toUtf8());
  for (const DataTable* table : shown.page.findChildren<DataTable*>()) {
    if (table->accessibleName() != QStringLiteral("Figures of both partitions")) continue;
    const QString csv = table->shownAsCsv();
    QVERIFY2(csv.contains(QStringLiteral("\"peak, measured by a run\",not run,12.1 KiB,")),
             csv.toUtf8());
    QVERIFY2(csv.contains(QStringLiteral("by roofline")), csv.toUtf8());
  }
}

void TstPartitionParts::samplesOfARunAreWalkedAndExportedLikeTheOtherCharts() {
  plot::SampleChart chart;
  chart.resize(400, 300);
  QVERIFY(chart.accessibleDescription().contains(QStringLiteral("come with a run")));
  auto measurement = std::make_shared<core::run::Measurement>();
  measurement->eager.samplesMs = {4, 5};
  measurement->compiled.samplesMs = {2, 3};
  chart.setMeasurement(measurement);
  QTest::keyClick(&chart, Qt::Key_End);
  QCOMPARE(chart.currentSample(), 3);
  QCOMPARE(chart.accessibleDescription(), QStringLiteral("compiled, sample 2: 3.00 ms"));
  QTest::keyClick(&chart, Qt::Key_Left);
  QTest::keyClick(&chart, Qt::Key_Left);
  QVERIFY(chart.accessibleDescription().startsWith(QStringLiteral("eager, sample 2")));
  QCOMPARE(chart.asCsv(), QStringLiteral("variant,sample,ms\r\neager,1,4\r\neager,2,5\r\n"
                                         "compiled,1,2\r\ncompiled,2,3\r\n"));
  QVERIFY(canExportByKey(chart));
}

void TstPartitionParts::furtherVariantsAreDrawnOnlyIfTheirCheckPassed() {
  plot::SampleChart chart;
  auto measurement = std::make_shared<core::run::Measurement>();
  measurement->eager.samplesMs = {4};
  measurement->compiled.samplesMs = {2};
  measurement->whole.emplace();
  measurement->whole->check.passed = true;
  measurement->whole->timing.samplesMs = {1};
  measurement->graph.emplace();
  measurement->graph->check.passed = false;
  measurement->graph->timing.samplesMs = {0.5};
  chart.setMeasurement(measurement);
  QCOMPARE(chart.asCsv(), QStringLiteral("variant,sample,ms\r\neager,1,4\r\ncompiled,1,2\r\n"
                                         "as one schedule,1,1\r\n"));
}

WATCHED_TEST_MAIN(TstPartitionParts)
#include "tst_partition_parts.moc"
