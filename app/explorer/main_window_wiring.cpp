// The second half of MainWindow: what its signals do.

#include <QLabel>
#include <QProgressBar>

#include "app/explorer/main_window.h"
#include "views/models/showable_text.h"
#include "views/pages/joint_page.h"
#include "views/pages/node_inspector.h"
#include "views/pages/partition_page.h"
#include "views/pages/search_box.h"
#include "views/pages/side_panels.h"
#include "views/pages/stage_page.h"
#include "views/pages/stage_strip.h"
#include "views/pages/start_page.h"

namespace explorer {

using views::models::showable;
using views::pages::Intent;
using views::pages::PageId;

void MainWindow::connectController() {
  connect(m_controller, &ExplorerController::snapshotChanged, this, &MainWindow::onSnapshot);
  connect(m_controller, &ExplorerController::modelChanged, this, [this] {
    m_hub.reset();
    m_banner->clear();
  });
  connect(m_controller, &ExplorerController::progressed, this, &MainWindow::onProgress);
  connect(m_controller, &ExplorerController::failureShown, this, &MainWindow::onFailure);
  connect(m_controller, &ExplorerController::remarked, this, &MainWindow::showStatus);
  connect(m_controller, &ExplorerController::settled, this, &MainWindow::onFinished);
  connect(m_controller, &ExplorerController::logged, m_log, &views::pages::LogPanel::append);
}

void MainWindow::connectActions() {
  connect(m_actions->open, &QAction::triggered, this, &MainWindow::askForFile);
  connect(m_actions->openTraceLog, &QAction::triggered, this, &MainWindow::askForTraceLog);
  connect(m_actions->replaceWeights, &QAction::triggered, this, &MainWindow::askForWeights);
  connect(m_actions->reload, &QAction::triggered, m_controller, &ExplorerController::reload);
  connect(m_actions->exportReport, &QAction::triggered, this, &MainWindow::askForReport);
  connect(m_actions->exportPicture, &QAction::triggered, this, &MainWindow::askForPicture);
  connect(m_actions->close, &QAction::triggered, this, [this] {
    m_controller->closeModel();
    showPage(PageId::Start);
  });
  connect(m_actions->quit, &QAction::triggered, this, &QWidget::close);
  connect(m_actions->makeKernels, &QAction::triggered, this,
          [this] { onIntent(Intent::MakeKernels); });
  connect(m_actions->run, &QAction::triggered, this, [this] { onIntent(Intent::Run); });
  connect(m_actions->cancel, &QAction::triggered, m_controller, &ExplorerController::cancel);
  connect(m_actions->restartEngine, &QAction::triggered, this, &MainWindow::engineRestartWanted);
  for (const PageId page : views::pages::kPages) {
    connect(m_actions->pages[static_cast<std::size_t>(page)], &QAction::triggered, this,
            [this, page] { showPage(page); });
  }
}

void MainWindow::connectGoActions() {
  connect(m_actions->find, &QAction::triggered, m_search, &views::pages::SearchBox::edit);
  connect(m_actions->nextMatch, &QAction::triggered, this, [this] { m_search->goToMatch(1); });
  connect(m_actions->previousMatch, &QAction::triggered, this, [this] { m_search->goToMatch(-1); });
  connect(m_actions->clearFilter, &QAction::triggered, this, [this] { m_hub.setFilter({}); });
  connect(m_actions->back, &QAction::triggered, &m_hub, &views::shared::SelectionHub::goBack);
  connect(m_actions->forward, &QAction::triggered, &m_hub, &views::shared::SelectionHub::goForward);
  connect(m_actions->mirror, &QAction::triggered, this, [this] {
    goTo(m_controller->snapshot()->index->mirrorOf(m_hub.selection().primary().toStdString()));
  });
  connect(m_actions->producer, &QAction::triggered, this, [this] { goToNeighbour(true); });
  connect(m_actions->consumer, &QAction::triggered, this, [this] { goToNeighbour(false); });
  connect(m_actions->nextSaved, &QAction::triggered, this, &MainWindow::goToNextSaved);
  connect(m_actions->traceTable, &QAction::triggered, this, [this] {
    showPage(PageId::Joint);
    m_joint->showSequenceTable();
  });
  connect(m_actions->guards, &QAction::triggered, this, [this] {
    showPage(PageId::Joint);
    m_joint->showGuards();
  });
}

void MainWindow::connectViewActions() {
  connect(m_actions->nextPane, &QAction::triggered, this, [this] { movePane(1); });
  connect(m_actions->previousPane, &QAction::triggered, this, [this] { movePane(-1); });
  connect(m_actions->resetLayout, &QAction::triggered, this, &MainWindow::resetLayout);
  connect(m_actions->fullScreen, &QAction::toggled, this,
          [this](bool full) { full ? showFullScreen() : showNormal(); });
  const auto choose = [this](views::look::Theme theme) {
    m_settings.setTheme(theme);
    Q_EMIT themeChosen(theme);
  };
  using views::look::Theme;
  connect(m_actions->themeSystem, &QAction::triggered, this, [=] { choose(Theme::System); });
  connect(m_actions->themeLight, &QAction::triggered, this, [=] { choose(Theme::Light); });
  connect(m_actions->themeDark, &QAction::triggered, this, [=] { choose(Theme::Dark); });
  connect(m_actions->shortcuts, &QAction::triggered, this, &MainWindow::showShortcuts);
  connect(m_actions->operators, &QAction::triggered, this, &MainWindow::showOperators);
  connect(m_actions->about, &QAction::triggered, this, &MainWindow::showAbout);
}

void MainWindow::connectSelection() {
  connect(&m_hub, &views::shared::SelectionHub::selectionChanged, this, &MainWindow::showSelection);
  connect(&m_hub, &views::shared::SelectionHub::historyChanged, this,
          [this] { m_actions->setHistory(m_hub.canGoBack(), m_hub.canGoForward()); });
}

void MainWindow::onSnapshot(const views::pages::SnapshotPtr& snapshot) {
  for (views::pages::StagePage* page : std::as_const(m_stagePages)) page->setSnapshot(snapshot);
  m_strip->setSnapshot(snapshot);
  m_strip->setVisible(!snapshot->modelPath.isEmpty());
  m_modules->setSnapshot(snapshot);
  m_inspector->setSnapshot(snapshot);
  m_search->setSnapshot(snapshot);
  m_actions->setSnapshot(*snapshot);
  if (!snapshot->failure) m_banner->clear();
  m_progress->setVisible(snapshot->busy);
  m_cancelButton->setVisible(snapshot->busy);
  const QString file = QFileInfo(snapshot->modelPath).fileName();
  setWindowTitle(file.isEmpty() ? tr("AOT Explorer")
                                : tr("%1 — AOT Explorer").arg(showable(file.toStdString())));
  const core::ir::Graph* graph = snapshot->index->joint();
  m_counts->setText(
      graph ? tr("%1 nodes · budget %2 · %3")
                  .arg(views::models::countText(static_cast<std::int64_t>(graph->size())))
                  .arg(snapshot->options.partition.budget)
                  .arg(showable(snapshot->options.device))
            : QString());
}

void MainWindow::onIntent(Intent intent) {
  switch (intent) {
    case Intent::OpenFile: askForFile(); break;
    case Intent::Reload: m_controller->reload(); break;
    case Intent::MakeKernels:
      m_controller->makeKernels();
      showPage(PageId::Kernels);
      break;
    case Intent::Run:
      m_controller->run();
      if (m_page != PageId::Compare) showPage(PageId::Run);
      break;
    case Intent::Cancel: m_controller->cancel(); break;
  }
}

void MainWindow::onProgress(double fraction, const QString& sentence) {
  if (fraction == 0) m_elapsed.start();
  if (fraction >= 0) m_progress->setValue(static_cast<int>(fraction * 1000));
  const QString elapsed = views::models::millisecondsText(
      static_cast<double>(m_elapsed.isValid() ? m_elapsed.elapsed() : 0));
  showStatus(tr("%1 · %2").arg(showable(sentence.toStdString()), elapsed));
}

void MainWindow::onFailure(const views::pages::Failure& failure) {
  const QString stage = QString::fromLatin1(core::pipeline::stageName(failure.stage));
  m_banner->showFailure(tr("Stage \"%1\": %2").arg(stage, showable(failure.error.message)),
                        QString::fromStdString(failure.error.details), tr("Try again"));
  showStatus(tr("Stopped in stage \"%1\"").arg(stage));
  m_log->append(
      {core::LogLevel::Error, core::pipeline::stageName(failure.stage), failure.error.message});
}

void MainWindow::onFinished() {
  const auto& snapshot = m_controller->snapshot();
  if (snapshot->failure || !snapshot->record()) return;
  const auto& stages = snapshot->record()->stages;
  if (stages.empty()) return showStatus(tr("Done"));
  const auto& last = stages.back();
  showStatus(tr("✓ %1 in %2 · %3")
                 .arg(QString::fromLatin1(core::pipeline::stageName(last.stage)),
                      views::models::millisecondsText(last.seconds * 1e3), showable(last.summary)));
}

void MainWindow::showStatus(const QString& text) {
  m_status->setText(text);
  m_status->setAccessibleDescription(text);
}

void MainWindow::showSelection() {
  const auto& selection = m_hub.selection();
  const core::ir::Graph* graph = m_controller->snapshot()->index->joint();
  const auto id = graph ? graph->find(selection.primary().toStdString()) : std::nullopt;
  if (!id) {
    m_selection->setText(showable(selection.module.toStdString()));
    return;
  }
  const auto& node = graph->node(*id);
  QStringList parts = {showable(node.name), views::models::valueText(node.value)};
  if (node.bytes() > 0) parts << views::models::bytesText(node.bytes());
  parts << m_controller->snapshot()->index->partText(node);
  if (selection.nodes.size() > 1) parts << tr("and %1 more").arg(selection.nodes.size() - 1);
  parts.removeAll(QString());
  m_selection->setText(parts.join(QStringLiteral(" · ")));
}

void MainWindow::setEngineText(const QString& text) {
  m_start->setEngineText(text);
}

bool MainWindow::isLayingOut() const {
  return (m_page == PageId::Joint && m_joint->isLayingOut()) ||
         (m_page == PageId::Partition && m_partition->isLayingOut());
}

}  // namespace explorer
