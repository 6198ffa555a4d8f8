// Intents become requests and jobs; the snapshot says what is true at any moment.

#include <QSignalSpy>
#include <QTest>

#include "app/explorer/explorer_controller.h"
#include "tests/support/sample_record.h"

using core::pipeline::Goal;
using explorer::EngineClient;
using explorer::ExplorerController;
using views::pages::PageId;
using views::pages::Pin;
using views::pages::StepState;

namespace {
constexpr int kPatience = 20000;
}

class TstExplorerController : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init();
  void cleanup();
  void openingFillsTheSnapshotAndTheSteps();
  void budgetIsRepartitionedHereAndCanBeUndone();
  void draggingTheBudgetIsOneStepOfUndo();
  void pinChangesThePartition();
  void impossiblePinsAreANamedFailureAndThePartitionStays();
  void laterStepsBecomeStaleWhenThePartitionChanges();
  void failureKeepsWhatWasThereAndTheNextActionWorks();
  void cancelIsNotAFailure();
  void closingForgetsEverything();
  void aQuestionIsAnsweredInTheSnapshot();
  void anAnswerBecomesStaleWithThePartition();
  void aQuestionIsCancelledLikeAnyWork();
  void triedStepsAreTold();

 private:
  StepState state(PageId page) const {
    return m_controller->snapshot()->steps[static_cast<std::size_t>(page)].state;
  }
  bool open(const char* orders) {
    QSignalSpy settled(m_controller.get(), &ExplorerController::settled);
    m_controller->openModel(QString::fromLatin1(orders), Goal::Partition);
    return settled.wait(kPatience);
  }
  bool isIdle() const {
    return !m_controller->snapshot()->busy && !m_controller->snapshot()->partitioning;
  }
  const core::partition::Partition& partition() const {
    return *m_controller->snapshot()->record()->partition;
  }

  std::unique_ptr<EngineClient> m_engine;
  std::unique_ptr<ExplorerController> m_controller;
};

void TstExplorerController::init() {
  m_engine = std::make_unique<EngineClient>(QStringList{QStringLiteral(AOT_FAKE_ENGINE)});
  m_controller = std::make_unique<ExplorerController>(m_engine.get());
}

void TstExplorerController::cleanup() {
  m_controller.reset();
  m_engine.reset();
}

void TstExplorerController::openingFillsTheSnapshotAndTheSteps() {
  m_controller->openModel(QStringLiteral("progress:trace,hang"), Goal::Partition);
  QVERIFY(m_controller->snapshot()->busy);
  QCOMPARE(state(PageId::Joint), StepState::Busy);
  QCOMPARE(state(PageId::Kernels), StepState::NotYet);
  QVERIFY(open("progress:trace,partial,done"));
  QVERIFY(isIdle());
  QCOMPARE(state(PageId::Joint), StepState::Done);
  QCOMPARE(state(PageId::Partition), StepState::Done);
  QCOMPARE(state(PageId::Run), StepState::Done);
  const auto& steps = m_controller->snapshot()->steps;
  QCOMPARE(steps[static_cast<std::size_t>(PageId::Joint)].detail, QStringLiteral("17"));
  QCOMPARE(steps[static_cast<std::size_t>(PageId::Run)].detail, QStringLiteral("2.00×"));
}

void TstExplorerController::budgetIsRepartitionedHereAndCanBeUndone() {
  QVERIFY(open("done"));
  const auto before = partition().savedTensors.size();
  m_controller->setBudget(0);
  QTRY_VERIFY_WITH_TIMEOUT(isIdle(), kPatience);
  QCOMPARE(partition().options.budget, 0.0);
  QVERIFY(!m_engine->busy());
  m_controller->undoStack()->undo();
  QTRY_VERIFY_WITH_TIMEOUT(isIdle(), kPatience);
  QCOMPARE(partition().options.budget, 1.0);
  QCOMPARE(partition().savedTensors.size(), before);
  m_controller->undoStack()->redo();
  QTRY_VERIFY_WITH_TIMEOUT(isIdle(), kPatience);
  QCOMPARE(partition().options.budget, 0.0);
}

void TstExplorerController::draggingTheBudgetIsOneStepOfUndo() {
  QVERIFY(open("done"));
  for (int i = 9; i >= 1; --i) m_controller->setBudget(i / 10.0);
  QTRY_VERIFY_WITH_TIMEOUT(isIdle(), kPatience);
  QCOMPARE(partition().options.budget, 0.1);
  QCOMPARE(m_controller->undoStack()->count(), 1);
  m_controller->undoStack()->undo();
  QTRY_VERIFY_WITH_TIMEOUT(isIdle(), kPatience);
  QCOMPARE(partition().options.budget, 1.0);
}

void TstExplorerController::pinChangesThePartition() {
  QVERIFY(open("done"));
  const auto recomputes = [this](const std::string& name) {
    const auto& names = partition().recomputed;
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  QVERIFY(!recomputes("relu"));
  m_controller->setPin(QStringLiteral("relu"), Pin::Recompute);
  QTRY_VERIFY_WITH_TIMEOUT(isIdle(), kPatience);
  QVERIFY(recomputes("relu"));
  QCOMPARE(views::pages::pinOf(m_controller->snapshot()->options.partition, "relu"),
           Pin::Recompute);
  m_controller->setPin(QStringLiteral("relu"), Pin::Auto);
  QTRY_VERIFY_WITH_TIMEOUT(isIdle(), kPatience);
  QVERIFY(!recomputes("relu"));
}

void TstExplorerController::impossiblePinsAreANamedFailureAndThePartitionStays() {
  QVERIFY(open("done"));
  QSignalSpy failed(m_controller.get(), &ExplorerController::failureShown);
  const auto saved = partition().savedTensors.size();
  m_controller->setPin(QStringLiteral("no_such_node"), Pin::Save);
  QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatience);
  QVERIFY(m_controller->snapshot()->failure);
  QCOMPARE(state(PageId::Partition), StepState::Failed);
  QCOMPARE(partition().savedTensors.size(), saved);
  m_controller->undoStack()->undo();
  QTRY_VERIFY_WITH_TIMEOUT(isIdle() && !m_controller->snapshot()->failure, kPatience);
  QCOMPARE(state(PageId::Partition), StepState::Done);
}

void TstExplorerController::laterStepsBecomeStaleWhenThePartitionChanges() {
  QVERIFY(open("done"));
  m_controller->setBudget(0.5);
  QTRY_VERIFY_WITH_TIMEOUT(isIdle(), kPatience);
  QVERIFY(m_controller->snapshot()->kernelsStale);
  QVERIFY(m_controller->snapshot()->measurementStale);
  QCOMPARE(state(PageId::Kernels), StepState::Stale);
  QCOMPARE(state(PageId::Run), StepState::Stale);
  m_controller->undoStack()->undo();
  QTRY_VERIFY_WITH_TIMEOUT(isIdle(), kPatience);
  QCOMPARE(state(PageId::Run), StepState::Done);
}

void TstExplorerController::failureKeepsWhatWasThereAndTheNextActionWorks() {
  QSignalSpy failed(m_controller.get(), &ExplorerController::failureShown);
  QVERIFY(open("progress:partition,partial,progress:build,crash"));
  QCOMPARE(failed.count(), 1);
  const auto snapshot = m_controller->snapshot();
  QVERIFY(snapshot->failure);
  QCOMPARE(snapshot->failure->error.code, core::ErrorCode::EngineDied);
  QCOMPARE(snapshot->failure->stage, core::pipeline::Stage::Build);
  QVERIFY(snapshot->record()->partition);
  QCOMPARE(state(PageId::Kernels), StepState::Failed);
  QVERIFY(open("done"));
  QVERIFY(!m_controller->snapshot()->failure);
  QCOMPARE(state(PageId::Kernels), StepState::Done);
}

void TstExplorerController::cancelIsNotAFailure() {
  QSignalSpy failed(m_controller.get(), &ExplorerController::failureShown);
  QSignalSpy remarked(m_controller.get(), &ExplorerController::remarked);
  QSignalSpy settled(m_controller.get(), &ExplorerController::settled);
  m_controller->openModel(QStringLiteral("partial,hang"), Goal::Partition);
  QTRY_VERIFY_WITH_TIMEOUT(m_controller->snapshot()->record() != nullptr, kPatience);
  m_controller->cancel();
  QTRY_COMPARE_WITH_TIMEOUT(settled.count(), 1, kPatience);
  QCOMPARE(failed.count(), 0);
  QCOMPARE(remarked.count(), 1);
  QVERIFY(m_controller->snapshot()->record()->partition);
}

void TstExplorerController::closingForgetsEverything() {
  QVERIFY(open("done"));
  m_controller->setBudget(0.5);
  m_controller->closeModel();
  QVERIFY(m_controller->snapshot()->modelPath.isEmpty());
  QVERIFY(!m_controller->snapshot()->record());
  QCOMPARE(m_controller->undoStack()->count(), 0);
}

void TstExplorerController::aQuestionIsAnsweredInTheSnapshot() {
  QVERIFY(open("partial,done"));
  QSignalSpy settled(m_controller.get(), &ExplorerController::settled);
  m_controller->ask(core::protocol::Question::Profile);
  QVERIFY(m_controller->snapshot()->busy);
  QVERIFY(settled.wait(kPatience));
  QVERIFY(isIdle());
  QCOMPARE(m_controller->snapshot()->profile->eager.slices.size(), std::size_t{5});
  QVERIFY(!m_controller->snapshot()->search);
  m_controller->ask(core::protocol::Question::Difference);
  QVERIFY(settled.wait(kPatience));
  QCOMPARE(m_controller->snapshot()->search->first->node, std::string("relu"));
  QVERIFY(m_controller->snapshot()->record()->measurement);
}

void TstExplorerController::anAnswerBecomesStaleWithThePartition() {
  QVERIFY(open("partial,done"));
  QSignalSpy settled(m_controller.get(), &ExplorerController::settled);
  m_controller->ask(core::protocol::Question::Profile);
  QVERIFY(settled.wait(kPatience));
  QVERIFY(!m_controller->snapshot()->profileStale);
  m_controller->setBudget(0.1);
  QVERIFY(m_controller->snapshot()->profileStale);
  m_controller->undoStack()->undo();
  QVERIFY(!m_controller->snapshot()->profileStale);
  m_controller->setOptions({});
  QVERIFY(!m_controller->snapshot()->profile);
}

void TstExplorerController::aQuestionIsCancelledLikeAnyWork() {
  m_controller->openModel(QStringLiteral("partial,hang"), Goal::Partition);
  QSignalSpy settled(m_controller.get(), &ExplorerController::settled);
  m_controller->ask(core::protocol::Question::Difference);
  m_controller->cancel();
  QVERIFY(settled.wait(kPatience));
  QVERIFY(m_controller->snapshot()->failure->error.code == core::ErrorCode::Cancelled);
  QVERIFY(isIdle());
}

void TstExplorerController::triedStepsAreTold() {
  QVERIFY(open("partial,done"));
  QSignalSpy tried(m_controller.get(), &ExplorerController::tried);
  m_controller->ask(core::protocol::Question::EagerStep);
  QVERIFY(tried.wait(kPatience));
  QCOMPARE(tried.count(), 1);
}

QTEST_MAIN(TstExplorerController)
#include "tst_explorer_controller.moc"
