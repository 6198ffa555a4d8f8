// The window as a whole, off screen, with an engine that does what the test says.

#include <QApplication>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <csignal>

#include "app/explorer/logging/ui_watchdog.h"
#include "app/explorer/main_window.h"
#include "app/explorer/model_source.h"
#include "tests/support/sample_record.h"
#include "views/pages/operators_dialog.h"
#include "views/pages/side_panels.h"

using core::pipeline::Goal;
using explorer::EngineClient;
using explorer::ExplorerController;
using explorer::MainWindow;
using views::pages::PageId;

namespace {
constexpr int kPatience = 20000;
}

class TstMainWindow : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init();
  void cleanup();
  void startsOnTheStartPageWithoutAnEngine();
  void openingShowsTheJointGraph();
  void everyPageCanBeShownAndPainted();
  void killedEngineLeavesABannerWithTheStageAndTheNextActionWorks();
  void cancelIsEnabledOnlyWhileWorking();
  void disabledActionsSayWhy();
  void noTwoActionsShareAShortcut();
  void mirrorAndHistoryMoveTheSelection();
  void pinsAndPointsOfTheCurveCanBeUndone();
  void pinNeedsAValueOfTheForward();
  void operatorTableComesFromTheEngine();
  void weightsNeedAnOpenModelAndTraceItAgain();
  void pathsAreToldApartByTheirNames();
  void torchScriptIsNotOpenedWithoutConsent();
  void consentAndInputsHoldForOneFileOnly();
  void watchdogSeesTheWindowAnswer();

 private:
  void open(const char* orders) {
    QSignalSpy settled(m_controller.get(), &ExplorerController::settled);
    m_window->openFile(QString::fromLatin1(orders), Goal::Partition);
    QVERIFY(settled.wait(kPatience));
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->isLayingOut(), kPatience);
  }

  std::unique_ptr<QTemporaryDir> m_folder;
  std::unique_ptr<EngineClient> m_engine;
  std::unique_ptr<ExplorerController> m_controller;
  std::unique_ptr<MainWindow> m_window;
};

void TstMainWindow::init() {
  m_folder = std::make_unique<QTemporaryDir>();
  m_engine = std::make_unique<EngineClient>(QStringList{QStringLiteral(AOT_FAKE_ENGINE)});
  m_controller = std::make_unique<ExplorerController>(m_engine.get());
  m_window = std::make_unique<MainWindow>(
      m_controller.get(),
      explorer::Settings(m_folder->filePath("settings.ini"), m_folder->filePath("state.ini")));
  m_window->resize(1200, 800);
  m_window->show();
}

void TstMainWindow::cleanup() {
  m_window.reset();
  m_controller.reset();
  m_engine.reset();
}

void TstMainWindow::startsOnTheStartPageWithoutAnEngine() {
  QCOMPARE(m_window->currentPage(), PageId::Start);
  QCOMPARE(m_engine->processId(), 0);
  QVERIFY(m_window->actions()->open->isEnabled());
  QVERIFY(!m_window->actions()->run->isEnabled());
}

void TstMainWindow::openingShowsTheJointGraph() {
  open("progress:trace,partial,done");
  QCOMPARE(m_window->currentPage(), PageId::Joint);
  QVERIFY(m_window->windowTitle().contains(QStringLiteral("AOT Explorer")));
  QVERIFY(m_window->banner()->text().isEmpty());
}

void TstMainWindow::everyPageCanBeShownAndPainted() {
  open("done");
  for (const PageId page : views::pages::kPages) {
    m_window->actions()->pages[static_cast<std::size_t>(page)]->trigger();
    QCOMPARE(m_window->currentPage(), page);
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->isLayingOut(), kPatience);
    const QImage picture = m_window->grab().toImage();
    QCOMPARE(picture.size(), m_window->size());
  }
}

void TstMainWindow::killedEngineLeavesABannerWithTheStageAndTheNextActionWorks() {
  QSignalSpy progressed(m_engine.get(), &EngineClient::progressed);
  QSignalSpy settled(m_controller.get(), &ExplorerController::settled);
  m_window->openFile(QStringLiteral("partial,progress:build,hang"), Goal::Kernels);
  QTRY_COMPARE_WITH_TIMEOUT(progressed.count(), 1, kPatience);
  QCOMPARE(::kill(static_cast<pid_t>(m_engine->processId()), SIGKILL), 0);
  QVERIFY(settled.wait(kPatience));
  QVERIFY(m_window->banner()->isVisible());
  QVERIFY2(m_window->banner()->text().contains(QStringLiteral("\"build\"")),
           qPrintable(m_window->banner()->text()));
  QVERIFY(m_controller->snapshot()->record()->joint);
  open("done");
  QVERIFY(!m_window->banner()->isVisible());
  QVERIFY(m_controller->snapshot()->record()->measurement);
}

void TstMainWindow::cancelIsEnabledOnlyWhileWorking() {
  QVERIFY(!m_window->actions()->cancel->isEnabled());
  QSignalSpy settled(m_controller.get(), &ExplorerController::settled);
  m_window->openFile(QStringLiteral("hang"), Goal::Partition);
  QVERIFY(m_window->actions()->cancel->isEnabled());
  m_window->actions()->cancel->trigger();
  QVERIFY(settled.wait(kPatience));
  QVERIFY(!m_window->actions()->cancel->isEnabled());
  QVERIFY(!m_window->banner()->isVisible());
}

void TstMainWindow::disabledActionsSayWhy() {
  for (const QAction* action : m_window->actions()->all()) {
    if (action->isEnabled() || action == m_window->actions()->undo ||
        action == m_window->actions()->redo) {
      continue;
    }
    QVERIFY2(action->statusTip().contains(QStringLiteral(": ")), qPrintable(action->text()));
  }
}

void TstMainWindow::noTwoActionsShareAShortcut() {
  QMap<QString, QString> owners;
  for (const QAction* action : m_window->actions()->all()) {
    for (const QKeySequence& key : action->shortcuts()) {
      const QString text = key.toString();
      QVERIFY2(!owners.contains(text),
               qPrintable(text + ": " + owners.value(text) + " and " + action->text()));
      owners.insert(text, action->text());
    }
  }
  QVERIFY(owners.contains(QStringLiteral("F9")));
}

void TstMainWindow::mirrorAndHistoryMoveTheSelection() {
  open("done");
  auto* hub = m_window->hub();
  hub->selectNode(views::shared::GraphKind::Joint, QStringLiteral("relu"));
  m_window->actions()->mirror->trigger();
  QCOMPARE(hub->selection().primary(), QStringLiteral("threshold_backward"));
  m_window->actions()->back->trigger();
  QCOMPARE(hub->selection().primary(), QStringLiteral("relu"));
  m_window->actions()->producer->trigger();
  QCOMPARE(hub->selection().primary(), QStringLiteral("mm"));
  m_window->actions()->consumer->trigger();
  QCOMPARE(hub->selection().primary(), QStringLiteral("relu"));
}

void TstMainWindow::pinsAndPointsOfTheCurveCanBeUndone() {
  open("done");
  QTRY_VERIFY_WITH_TIMEOUT(m_controller->snapshot()->study->curve, kPatience);
  m_window->hub()->selectNode(views::shared::GraphKind::Joint, QStringLiteral("relu"));
  m_window->actions()->pinRecomputed->trigger();
  const auto isRecomputed = [this] {
    return m_controller->snapshot()->index->isRecomputed("relu");
  };
  QTRY_VERIFY_WITH_TIMEOUT(isRecomputed(), kPatience);
  QTRY_VERIFY_WITH_TIMEOUT(m_controller->snapshot()->study->other, kPatience);
  QVERIFY(m_controller->snapshot()->study->other != m_controller->snapshot()->record()->partition);
  m_window->actions()->undo->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(!isRecomputed(), kPatience);
  QTRY_VERIFY_WITH_TIMEOUT(!m_controller->studies()->isBusy(), kPatience);
  const auto& points = m_controller->snapshot()->study->curve->points;
  QVERIFY(!points.empty());
  m_controller->choosePoint(points.front());
  QTRY_COMPARE_WITH_TIMEOUT(m_controller->snapshot()->record()->partition->savedBytesTotal,
                            points.front().figures.savedBytes, kPatience);
}

void TstMainWindow::pinNeedsAValueOfTheForward() {
  open("done");
  m_window->hub()->selectNode(views::shared::GraphKind::Joint, QStringLiteral("mm_2"));
  m_window->actions()->pinSaved->trigger();
  QVERIFY(m_controller->snapshot()->options.partition.save.empty());
}

void TstMainWindow::operatorTableComesFromTheEngine() {
  m_window->actions()->operators->trigger();
  auto* dialog = m_window->findChild<views::pages::OperatorsDialog*>();
  QVERIFY(dialog->isVisible());
  QVERIFY(dialog->stateText().contains(QStringLiteral("Asking")));
  QTRY_VERIFY_WITH_TIMEOUT(dialog->hasRows(), kPatience);
  QVERIFY2(dialog->stateText().startsWith(QStringLiteral("1 of 1 operators")),
           qPrintable(dialog->stateText()));
  auto* filter = dialog->findChild<QLineEdit*>();
  filter->setText(QStringLiteral("relu fused"));
  QVERIFY(dialog->stateText().startsWith(QStringLiteral("0 of 1")));
  filter->setText(QStringLiteral("RELU pointwise"));
  QVERIFY(dialog->stateText().startsWith(QStringLiteral("1 of 1")));
  dialog->showFailure(QStringLiteral("The engine is gone."));
  QCOMPARE(dialog->stateText(), QStringLiteral("✕ The engine is gone."));
}

void TstMainWindow::weightsNeedAnOpenModelAndTraceItAgain() {
  m_window->openPath(QStringLiteral("/models/net.safetensors"));
  QVERIFY(m_controller->snapshot()->options.weightsPath.empty());
  open("done");
  QSignalSpy settled(m_controller.get(), &ExplorerController::settled);
  m_window->openPath(QStringLiteral("/models/net.safetensors"));
  QVERIFY(settled.wait(kPatience));
  QCOMPARE(m_controller->snapshot()->options.weightsPath, std::string("/models/net.safetensors"));
  QCOMPARE(m_controller->snapshot()->modelPath, QStringLiteral("done"));
}

void TstMainWindow::pathsAreToldApartByTheirNames() {
  using explorer::SourceKind;
  using explorer::sourceKindOf;
  QCOMPARE(sourceKindOf(QStringLiteral("/m/net.pt2")), SourceKind::Program);
  QCOMPARE(sourceKindOf(QStringLiteral("/m/net.PT")), SourceKind::TorchScript);
  QCOMPARE(sourceKindOf(QStringLiteral("/m/net.safetensors")), SourceKind::Weights);
  QCOMPARE(sourceKindOf(m_folder->path()), SourceKind::TraceLog);
  QCOMPARE(sourceKindOf(QStringLiteral("/m/no.such")), SourceKind::Program);
}

void TstMainWindow::torchScriptIsNotOpenedWithoutConsent() {
  bool asked = false;
  QTimer::singleShot(0, this, [&asked] {
    auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
    if (!box) return;
    asked = box->informativeText().contains(QStringLiteral("can run code"));
    box->button(QMessageBox::Cancel)->click();
  });
  m_window->openPath(QStringLiteral("/models/net.pt"));
  QVERIFY(asked);
  QVERIFY(m_controller->snapshot()->modelPath.isEmpty());
}

void TstMainWindow::consentAndInputsHoldForOneFileOnly() {
  QSignalSpy settled(m_controller.get(), &ExplorerController::settled);
  m_controller->openTorchScript(QStringLiteral("done"), QStringLiteral("/inputs.json"));
  QVERIFY(settled.wait(kPatience));
  QVERIFY(m_controller->snapshot()->options.allowTorchScript);
  QCOMPARE(m_controller->snapshot()->options.inputsPath, std::string("/inputs.json"));
  open("partial,done");
  QVERIFY(!m_controller->snapshot()->options.allowTorchScript);
  QVERIFY(m_controller->snapshot()->options.inputsPath.empty());
}

void TstMainWindow::watchdogSeesTheWindowAnswer() {
  const explorer::UiWatchdog watchdog;
  open("progress:trace,partial,progress:partition,done");
  const int answers = watchdog.answers();
  for (const PageId page : views::pages::kPages) m_window->showPage(page);
  QTRY_VERIFY_WITH_TIMEOUT(watchdog.answers() > answers, kPatience);
  for (const explorer::Stall& stall : watchdog.stalls()) {
    qInfo("the event loop did not answer for %lld ms",
          static_cast<long long>(stall.length.count()));
  }
}

QTEST_MAIN(TstMainWindow)
#include "tst_main_window.moc"
