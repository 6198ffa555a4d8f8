// Pages show what the snapshot holds, say what is missing, and hand selections to the hub.

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>
#include <QTreeView>

#include "tests/support/sample_record.h"
#include "tests/support/watched_application.h"
#include "views/graph/graph_view.h"
#include "views/pages/budget_panel.h"
#include "views/pages/code_view.h"
#include "views/pages/compare_page.h"
#include "views/pages/data_table.h"
#include "views/pages/input_sheet.h"
#include "views/pages/inputs_page.h"
#include "views/pages/joint_page.h"
#include "views/pages/kernels_page.h"
#include "views/pages/model_page.h"
#include "views/pages/partition_page.h"
#include "views/pages/run_page.h"
#include "views/pages/search_box.h"
#include "views/pages/stage_strip.h"
#include "views/plot/sample_chart.h"

using namespace views;
using namespace views::pages;
using support::Filled;

namespace {

SnapshotPtr snapshotOf(Filled filled) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->modelPath = QStringLiteral("/models/net.pt2");
  snapshot->index = std::make_shared<const models::RecordIndex>(support::sampleRecord(filled));
  return snapshot;
}

DataTable* tableOf(QWidget& page, const char* name) {
  for (DataTable* table : page.findChildren<DataTable*>()) {
    if (table->accessibleName() == QLatin1String(name)) return table;
  }
  return nullptr;
}

QStringList visibleTexts(QWidget& page) {
  QStringList texts;
  for (QLabel* label : page.findChildren<QLabel*>()) {
    if (label->isVisible()) texts << label->text();
  }
  return texts;
}

QPushButton* visibleButton(QWidget& page, const QString& text) {
  for (QPushButton* button : page.findChildren<QPushButton*>()) {
    if (button->isVisible() && button->text() == text) return button;
  }
  return nullptr;
}

}  // namespace

class TstPages : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyPageNamesTheNextActionWhenNothingIsOpen();
  void failureIsExplainedOnThePage();
  void hiddenPageDrawsWhenItIsShown();
  void modelPageListsParametersAndOperators();
  void modelPageShowsTheCompilesOfALogAsATree();
  void inputsPageGivesBackItsOptions();
  void inputsPageKeepsWhatIsTypedUntilItIsApplied();
  void jointTableAndHubFollowEachOther();
  void sequenceTableAndHubFollowEachOther();
  void shownRowsAreExportedInTheirOrder();
  void searchNarrowsTheTableAndKeepsTheLastGoodFilter();
  void partitionPageShowsBothGraphsAndTheirFigures();
  void budgetSliderReportsEveryMove();
  void kernelRowLightsItsNodesAndShowsItsSource();
  void selectedNodeShowsItsKernel();
  void aLineOfTheSourceSelectsItsNodeAndTheOtherWayRound();
  void machineCodeIsAskedForWhenItIsLookedAt();
  void runPageShowsEverySampleAndTheVerdict();
  void runPageHidesTheSpeedupOfAFailedCheck();
  void runPageShowsTheGuardsOfTheChosenEntry();
  void comparePageOffersARunBeforeOne();
  void stripMarksStates();
  void everyControlHasAnAccessibleName();
};

void TstPages::everyPageNamesTheNextActionWhenNothingIsOpen() {
  shared::SelectionHub hub;
  ModelPage model;
  JointPage joint(&hub);
  PartitionPage partition(&hub);
  KernelsPage kernels(&hub);
  RunPage run(&hub);
  ComparePage compare;
  for (StagePage* page :
       std::initializer_list<StagePage*>{&model, &joint, &partition, &kernels, &run, &compare}) {
    QSignalSpy intended(page, &StagePage::intended);
    page->show();
    QPushButton* button = visibleButton(*page, QStringLiteral("Open…"));
    QVERIFY2(button, qPrintable(page->accessibleName()));
    button->click();
    QCOMPARE(intended.count(), 1);
    QCOMPARE(intended[0][0].value<Intent>(), Intent::OpenFile);
  }
}

void TstPages::failureIsExplainedOnThePage() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->modelPath = QStringLiteral("/models/net.pt2");
  snapshot->failure =
      Failure{core::pipeline::Stage::Trace,
              {core::ErrorCode::UnsupportedOp, "Cannot trace aten.nonzero.", {}, {}}};
  shared::SelectionHub hub;
  JointPage page(&hub);
  page.setSnapshot(snapshot);
  page.show();
  QVERIFY(visibleTexts(page).contains(QStringLiteral("Cannot trace aten.nonzero.")));
  QVERIFY(visibleTexts(page).contains(QStringLiteral("Stopped in stage \"trace\"")));
}

void TstPages::hiddenPageDrawsWhenItIsShown() {
  ModelPage page;
  page.setSnapshot(snapshotOf(Filled::Partition));
  QCOMPARE(tableOf(page, "Operators")->shownRows(), 0);
  page.show();
  QCOMPARE(tableOf(page, "Operators")->shownRows(), 2);
}

void TstPages::modelPageListsParametersAndOperators() {
  ModelPage page;
  page.setSnapshot(snapshotOf(Filled::Partition));
  page.show();
  QCOMPARE(tableOf(page, "Parameters and buffers")->shownRows(), 2);
  QCOMPARE(tableOf(page, "Inputs")->shownRows(), 1);
  QCOMPARE(tableOf(page, "Stages")->shownRows(), 3);
  QVERIFY(visibleTexts(page).join(QChar('\n')).contains(QStringLiteral("torch 2.11.0")));
}

void TstPages::modelPageShowsTheCompilesOfALogAsATree() {
  auto record =
      std::make_shared<core::pipeline::CompileRecord>(*support::sampleRecord(Filled::Partition));
  record->model.compiles = {
      {"0/0", "", "forward", "net.py:9", {"joint", "forward"}, true, true, ""},
      {"0/1", "", "forward", "net.py:9", {"joint"}, true, false, "0/0: tensor 'x' size mismatch"},
      {"1/0", "", "resume", "net.py:12", {}, false, false, ""}};
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->modelPath = QStringLiteral("/logs");
  snapshot->index = std::make_shared<const models::RecordIndex>(record);
  ModelPage page;
  QSignalSpy chosen(&page, &ModelPage::compileChosen);
  page.setSnapshot(snapshot);
  page.show();
  auto* tree = page.findChild<QTreeView*>(QString(), Qt::FindChildrenRecursively);
  QVERIFY(tree->isVisible());
  QAbstractItemModel* model = tree->model();
  QCOMPARE(model->rowCount(), 2);
  const QModelIndex frame = model->index(0, 0);
  QCOMPARE(model->rowCount(frame), 2);
  QCOMPARE(model->index(0, 0, frame).data().toString(), QStringLiteral("● 0/0"));
  QCOMPARE(model->index(1, 4, frame).data().toString(),
           QStringLiteral("0/0: tensor 'x' size mismatch"));
  Q_EMIT tree->activated(model->index(1, 2, frame));
  Q_EMIT tree->activated(frame);
  Q_EMIT tree->activated(model->index(0, 0, model->index(1, 0)));
  QCOMPARE(chosen.count(), 1);
  QCOMPARE(chosen[0][0].toString(), QStringLiteral("0/1"));
  page.setSnapshot(snapshotOf(Filled::Partition));
  page.grab();
  QVERIFY(!tree->isVisible());
}

void TstPages::inputsPageGivesBackItsOptions() {
  auto snapshot = std::make_shared<Snapshot>(*snapshotOf(Filled::Partition));
  snapshot->options.seed = 11;
  snapshot->options.mode = core::run::Mode::Infer;
  snapshot->options.partition.budget = 0.3;
  InputsPage page;
  QSignalSpy chosen(&page, &InputsPage::optionsChosen);
  page.setSnapshot(snapshot);
  page.show();
  visibleButton(page, QStringLiteral("Apply and trace again"))->click();
  QCOMPARE(chosen.count(), 1);
  const auto options = chosen[0][0].value<core::pipeline::CompileOptions>();
  QCOMPARE(options.seed, std::uint64_t(11));
  QCOMPARE(*options.mode, core::run::Mode::Infer);
  QCOMPARE(options.partition.budget, 0.3);
  QVERIFY(!options.loss);
}

void TstPages::inputsPageKeepsWhatIsTypedUntilItIsApplied() {
  const auto snapshot = std::make_shared<Snapshot>(*snapshotOf(Filled::Partition));
  InputsPage page;
  QSignalSpy chosen(&page, &InputsPage::optionsChosen);
  QSignalSpy saved(&page, &InputsPage::presetSaved);
  page.setSnapshot(snapshot);
  page.show();
  auto* sheet = page.findChild<InputSheet*>();
  const std::string name = snapshot->record()->model.inputs.front().name;
  const QModelIndex fill = sheet->model().index(0, models::InputSheetModel::Fill);
  QVERIFY(sheet->model().setData(fill, QStringLiteral("zeroes")));
  visibleButton(page, QStringLiteral("Apply and trace again"))->click();
  QCOMPARE(chosen.count(), 0);
  QVERIFY(sheet->model().setData(fill, QStringLiteral("zeros")));
  auto news = std::make_shared<Snapshot>(*snapshot);
  news->busy = true;
  page.setSnapshot(news);
  visibleButton(page, QStringLiteral("Apply and trace again"))->click();
  QCOMPARE(chosen.count(), 1);
  const core::load::InputFills wanted{{name, "zeros"}};
  QCOMPARE(chosen[0][0].value<core::pipeline::CompileOptions>().fills, wanted);
  visibleButton(page, QStringLiteral("Sa&ve Preset"))->click();
  QCOMPARE(saved.count(), 0);
  page.setPresets({QStringLiteral("nothing"), QStringLiteral("zero")});
  for (auto* box : page.findChildren<QComboBox*>())
    if (box->accessibleName() == QStringLiteral("Preset")) box->setEditText("zero");
  visibleButton(page, QStringLiteral("Sa&ve Preset"))->click();
  QCOMPARE(saved.count(), 1);
  QCOMPARE(saved[0][0].toString(), QStringLiteral("zero"));
}

void TstPages::jointTableAndHubFollowEachOther() {
  shared::SelectionHub hub;
  JointPage page(&hub);
  page.setSnapshot(snapshotOf(Filled::Everything));
  page.show();
  DataTable* table = tableOf(page, "Nodes of the joint graph");
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("relu"));
  QCOMPARE(table->currentIndex().data(models::NodeNameRole).toString(), QStringLiteral("relu"));
  table->selectSourceRow(table->model().rowOfNode(QStringLiteral("mm")));
  QCOMPARE(hub.selection().primary(), QStringLiteral("mm"));
  QTRY_VERIFY(!page.isLayingOut());
}

void TstPages::sequenceTableAndHubFollowEachOther() {
  shared::SelectionHub hub;
  JointPage page(&hub);
  page.setSnapshot(snapshotOf(Filled::Everything));
  page.show();
  page.showSequenceTable();
  DataTable* table = tableOf(page, "Forward calls and their backward calls");
  QVERIFY(table->isVisible());
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("threshold_backward"));
  QCOMPARE(table->currentIndex().data(models::NodeNameRole).toString(), QStringLiteral("relu"));
  QCOMPARE(hub.selection().primary(), QStringLiteral("threshold_backward"));
  table->selectSourceRow(table->model().rowOfNode(QStringLiteral("t_3")));
  QCOMPARE(hub.selection().primary(), QStringLiteral("t_3"));
  hub.setFilter(QStringLiteral("op:threshold_backward"));
  QCOMPARE(table->shownRows(), 1);
  QTRY_VERIFY(!page.isLayingOut());
}

void TstPages::shownRowsAreExportedInTheirOrder() {
  ModelPage page;
  page.setSnapshot(snapshotOf(Filled::Partition));
  page.show();
  DataTable* table = tableOf(page, "Operators");
  table->sortByColumn(1, Qt::AscendingOrder);
  QCOMPARE(table->shownAsCsv(),
           QStringLiteral("op,calls\r\naten.relu.default,1\r\naten.linear.default,2\r\n"));
  table->setWords(QStringLiteral("ATEN linear"));
  QCOMPARE(table->shownRows(), 1);
}

void TstPages::searchNarrowsTheTableAndKeepsTheLastGoodFilter() {
  shared::SelectionHub hub;
  JointPage page(&hub);
  SearchBox box(&hub);
  const SnapshotPtr snapshot = snapshotOf(Filled::Everything);
  page.setSnapshot(snapshot);
  box.setSnapshot(snapshot);
  page.show();
  hub.setFilter(QStringLiteral("op:relu"));
  QCOMPARE(tableOf(page, "Nodes of the joint graph")->shownRows(), 1);
  QCOMPARE(box.resultText(), QStringLiteral("1 of 16"));
  box.goToMatch(1);
  QCOMPARE(hub.selection().primary(), QStringLiteral("relu"));
  auto* line = box.findChild<QLineEdit*>();
  line->setFocus();
  line->setText(QStringLiteral("bytes:>"));
  QTest::keyClick(line, Qt::Key_Return);
  QVERIFY2(box.resultText().startsWith(QStringLiteral("Column")), qPrintable(box.resultText()));
  QCOMPARE(hub.filter(), QStringLiteral("op:relu"));
}

void TstPages::partitionPageShowsBothGraphsAndTheirFigures() {
  shared::SelectionHub hub;
  PartitionPage page(&hub);
  const SnapshotPtr snapshot = snapshotOf(Filled::Partition);
  page.setSnapshot(snapshot);
  page.show();
  QTRY_VERIFY(!page.isLayingOut());
  for (graph::GraphView* view : page.findChildren<graph::GraphView*>()) {
    QVERIFY(view->canvas()->scene());
  }
  const auto& partition = *snapshot->record()->partition;
  QCOMPARE(tableOf(page, "Saved tensors")->shownRows(),
           static_cast<int>(partition.savedTensors.size()));
  QCOMPARE(tableOf(page, "Recomputed values")->model().rowCount(),
           static_cast<int>(partition.recomputed.size()));
  const QString figures = page.budgetPanel()->figures();
  const QString wanted = QStringLiteral("saved in %1 tensors").arg(partition.savedTensors.size());
  QVERIFY2(figures.contains(wanted), qPrintable(figures));
}

void TstPages::budgetSliderReportsEveryMove() {
  BudgetPanel panel;
  panel.setSnapshot(snapshotOf(Filled::Partition));
  QSignalSpy chosen(&panel, &BudgetPanel::budgetChosen);
  auto* slider = panel.findChild<QSlider*>();
  QTest::keyClick(slider, Qt::Key_Left);
  QTest::keyClick(slider, Qt::Key_Left);
  QCOMPARE(chosen.count(), 2);
  QCOMPARE(chosen[1][0].toDouble(), 0.98);
  panel.setSnapshot(snapshotOf(Filled::Partition));
  QCOMPARE(chosen.count(), 2);
}

void TstPages::kernelRowLightsItsNodesAndShowsItsSource() {
  shared::SelectionHub hub;
  KernelsPage page(&hub);
  page.setSnapshot(snapshotOf(Filled::Everything));
  page.show();
  QVERIFY(page.shownKernel() >= 0);
  QVERIFY(hub.selection().isEmpty());
  DataTable* table = tableOf(page, "Kernels");
  int row = 0;
  while (!table->model().index(row, 2).data().toString().contains("threshold_backward")) ++row;
  table->selectSourceRow(row);
  QCOMPARE(page.shownKernel(), row);
  QCOMPARE(hub.selection().primary(), QStringLiteral("threshold_backward"));
  QCOMPARE(hub.selection().graph, shared::GraphKind::Backward);
  for (CodeView* view : page.findChildren<CodeView*>()) {
    if (view->accessibleName() != QStringLiteral("Generated source")) continue;
    QVERIFY(view->toPlainText().contains(QStringLiteral("fused_threshold_backward")));
  }
}

void TstPages::selectedNodeShowsItsKernel() {
  shared::SelectionHub hub;
  KernelsPage page(&hub);
  const SnapshotPtr snapshot = snapshotOf(Filled::Everything);
  page.setSnapshot(snapshot);
  page.show();
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("mm_4"));
  QCOMPARE(page.shownKernel(), snapshot->index->kernelsOf("mm_4").front());
}

void TstPages::aLineOfTheSourceSelectsItsNodeAndTheOtherWayRound() {
  shared::SelectionHub hub;
  KernelsPage page(&hub);
  page.setSnapshot(snapshotOf(Filled::Everything));
  page.show();
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("threshold_backward"));
  CodeView* source = nullptr;
  for (CodeView* view : page.findChildren<CodeView*>())
    if (view->accessibleName() == QStringLiteral("Generated source")) source = view;
  QVERIFY(source);
  QVERIFY(!source->extraSelections().isEmpty());
  const QTextCursor marked = source->extraSelections().constFirst().cursor;
  QVERIFY(marked.blockNumber() > 0);
  hub.clear();
  QVERIFY(source->extraSelections().isEmpty());
  source->setTextCursor(marked);
  QCOMPARE(hub.selection().primary(), QStringLiteral("threshold_backward"));
  QCOMPARE(hub.selection().graph, shared::GraphKind::Backward);
}

void TstPages::machineCodeIsAskedForWhenItIsLookedAt() {
  shared::SelectionHub hub;
  KernelsPage page(&hub);
  page.setSnapshot(snapshotOf(Filled::Everything));
  page.show();
  QSignalSpy wanted(&page, &KernelsPage::machineCodeWanted);
  QTabWidget* texts = nullptr;
  for (QTabWidget* tabs : page.findChildren<QTabWidget*>())
    if (tabs->accessibleName() == QStringLiteral("Texts of the step")) texts = tabs;
  QVERIFY(texts);
  QCOMPARE(wanted.count(), 0);
  texts->setCurrentIndex(texts->count() - 1);
  QCOMPARE(wanted.count(), 1);
  QVERIFY(wanted[0][0].toString().contains(QStringLiteral("extern \"C\" void fused_")));
  page.showMachineCode(QStringLiteral("vaddps"));
  QCOMPARE(qobject_cast<CodeView*>(texts->currentWidget())->toPlainText(),
           QStringLiteral("vaddps"));
  texts->setCurrentIndex(0);
  texts->setCurrentIndex(texts->count() - 1);
  QCOMPARE(wanted.count(), 1);
}

void TstPages::runPageShowsEverySampleAndTheVerdict() {
  shared::SelectionHub hub;
  RunPage page(&hub);
  page.setSnapshot(snapshotOf(Filled::Everything));
  page.show();
  QCOMPARE(page.findChild<plot::SampleChart*>()->sampleCount(), 40);
  QVERIFY(page.verdictText().contains(QStringLiteral("2.00×")));
  QCOMPARE(tableOf(page, "Check per tensor")->shownRows(), 2);
}

void TstPages::runPageHidesTheSpeedupOfAFailedCheck() {
  auto record =
      std::make_shared<core::pipeline::CompileRecord>(*support::sampleRecord(Filled::Everything));
  auto measurement = *record->measurement;
  measurement.check.passed = false;
  record->measurement = std::make_shared<const core::run::Measurement>(measurement);
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->modelPath = QStringLiteral("/models/net.pt2");
  snapshot->index = std::make_shared<const models::RecordIndex>(record);
  shared::SelectionHub hub;
  RunPage page(&hub);
  page.setSnapshot(snapshot);
  page.show();
  for (const QString& text : visibleTexts(page)) QVERIFY(!text.contains(QStringLiteral("2.00×")));
}

void TstPages::runPageShowsTheGuardsOfTheChosenEntry() {
  auto record =
      std::make_shared<core::pipeline::CompileRecord>(*support::sampleRecord(Filled::Everything));
  auto entries = std::make_shared<core::run::EntriesRecord>();
  entries->entries.resize(2);
  entries->entries[0].guards = {{"s0 >= 2", "r"}, {"x is y", "r"}, {"grad_enabled == True", "r"}};
  entries->entries[1].guards = {{"s0 == 1", "r"}};
  entries->served = 1;
  record->entries = entries;
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->modelPath = QStringLiteral("/models/net.pt2");
  snapshot->index = std::make_shared<const models::RecordIndex>(record);
  shared::SelectionHub hub;
  RunPage page(&hub);
  page.setSnapshot(snapshot);
  page.show();
  DataTable* table = tableOf(page, "Compiled entries");
  QCOMPARE(table->shownRows(), 2);
  QCOMPARE(table->currentSourceRow(), 1);
  QCOMPARE(tableOf(page, "Guards of the entry")->shownRows(), 1);
  table->setFocus();
  QTest::keyClick(table, Qt::Key_Up);
  QCOMPARE(tableOf(page, "Guards of the entry")->shownRows(), 3);
}

void TstPages::comparePageOffersARunBeforeOne() {
  ComparePage page;
  QSignalSpy intended(&page, &StagePage::intended);
  page.setSnapshot(snapshotOf(Filled::Partition));
  page.show();
  QVERIFY(tableOf(page, "Forward, backward and eager in numbers")->shownRows() > 3);
  visibleButton(page, QStringLiteral("Run both (F9)"))->click();
  QCOMPARE(intended[0][0].value<Intent>(), Intent::Run);
}

void TstPages::stripMarksStates() {
  StageStrip strip;
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->steps[static_cast<std::size_t>(PageId::Joint)] = {StepState::Done,
                                                              QStringLiteral("412")};
  snapshot->steps[static_cast<std::size_t>(PageId::Run)] = {StepState::Stale, QString()};
  strip.setSnapshot(snapshot);
  QCOMPARE(strip.text(PageId::Joint), QStringLiteral("③ Joint ✓ 412"));
  QCOMPARE(strip.text(PageId::Run), QStringLiteral("⑥ Run ○"));
  QCOMPARE(strip.text(PageId::Compare), QStringLiteral("⑦ Compare"));
}

void TstPages::everyControlHasAnAccessibleName() {
  shared::SelectionHub hub;
  KernelsPage kernels(&hub);
  RunPage run(&hub);
  ComparePage compare;
  PartitionPage partition(&hub);
  for (QWidget* page : std::initializer_list<QWidget*>{&kernels, &run, &compare, &partition}) {
    for (QAbstractItemView* view : page->findChildren<QAbstractItemView*>()) {
      if (!qobject_cast<DataTable*>(view)) continue;
      QVERIFY(!view->accessibleName().isEmpty());
    }
    for (QAbstractSlider* slider : page->findChildren<QSlider*>()) {
      QVERIFY(!slider->accessibleName().isEmpty());
    }
    for (QPlainTextEdit* text : page->findChildren<QPlainTextEdit*>()) {
      QVERIFY(!text->accessibleName().isEmpty());
    }
  }
}

WATCHED_TEST_MAIN(TstPages)
#include "tst_pages.moc"
