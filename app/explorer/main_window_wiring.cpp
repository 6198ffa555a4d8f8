// The second half of MainWindow: what its signals do.

#include <QStackedWidget>

#include "app/explorer/jobs/assembly_child.h"
#include "app/explorer/jobs/graphviz_child.h"
#include "app/explorer/main_window.h"
#include "app/explorer/model_source.h"
#include "app/explorer/navigation/saved_filters.h"
#include "app/explorer/program_places.h"
#include "views/graph/graph_view.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"
#include "views/pages/joint_page.h"
#include "views/pages/kernels_page.h"
#include "views/pages/node_inspector.h"
#include "views/pages/partition_page.h"
#include "views/pages/search_box.h"
#include "views/pages/side_panels.h"
#include "views/pages/stage_page.h"
#include "views/pages/stage_strip.h"
#include "views/pages/start_page.h"

namespace explorer {

using core::protocol::Question;
using views::models::showable;
using views::pages::Intent;
using views::pages::PageId;

void MainWindow::connectController() {
  connect(m_controller, &ExplorerController::snapshotChanged, this, &MainWindow::onSnapshot);
  connect(m_controller, &ExplorerController::modelChanged, this, &MainWindow::onModelChanged);
  connect(m_controller, &ExplorerController::progressed, m_status, &StatusLine::showProgress);
  connect(m_controller, &ExplorerController::failureShown, this, &MainWindow::onFailure);
  connect(m_controller, &ExplorerController::remarked, this, &MainWindow::showStatus);
  connect(m_controller, &ExplorerController::settled, this, &MainWindow::onFinished);
  connect(m_controller, &ExplorerController::logged, m_log, &views::pages::LogPanel::append);
  m_runs->connectActions(m_actions);
  connect(m_runs, &RunJobs::pageWanted, this, &MainWindow::showPage);
  connect(m_runs, &RunJobs::remarked, this, &MainWindow::showStatus);
  connect(m_runs, &RunJobs::logged, m_log, &views::pages::LogPanel::append);
  connect(m_runs, &RunJobs::openWanted, this,
          [this](const QString& model, const core::pipeline::CompileOptions& options) {
            if (sourceKindOf(model) == SourceKind::TorchScript && !askForConsent(model)) return;
            showOpening(model, [&] { m_controller->restoreModel(model, options); });
            showPage(PageId::Partition);
          });
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

void MainWindow::connectFindActions() {
  connect(m_actions->find, &QAction::triggered, m_search, &views::pages::SearchBox::edit);
  connect(m_actions->nextMatch, &QAction::triggered, this, [this] { m_search->goToMatch(1); });
  connect(m_actions->previousMatch, &QAction::triggered, this, [this] { m_search->goToMatch(-1); });
  connect(m_actions->clearFilter, &QAction::triggered, this, [this] { m_hub.setFilter({}); });
  auto* filters = new SavedFilters(m_settings, this);
  connect(m_actions->saveFilter, &QAction::triggered, filters,
          [this, filters] { filters->save(m_hub.filter()); });
  connect(m_actions->savedFilters, &QAction::triggered, filters, &SavedFilters::pick);
  connect(m_actions->forgetFilter, &QAction::triggered, filters, &SavedFilters::pickToForget);
  connect(filters, &SavedFilters::chosen, &m_hub, &views::shared::SelectionHub::setFilter);
  connect(filters, &SavedFilters::remarked, this, &MainWindow::showStatus);
  for (std::size_t i = 0; i < m_actions->filterModes.size(); ++i) {
    connect(m_actions->filterModes[i], &QAction::triggered, this,
            [this, i] { m_hub.setFilterMode(static_cast<views::shared::FilterMode>(i)); });
  }
  const auto onTable = [this](QAction* action, auto method) {
    connect(action, &QAction::triggered, this, [this, method] {
      if (auto* table = shownTable()) return (table->*method)();
      showStatus(tr("This page has no table."));
    });
  };
  using views::pages::DataTable;
  onTable(m_actions->copyRows, &DataTable::copySelection);
  onTable(m_actions->selectAllRows, &DataTable::selectAll);
  onTable(m_actions->exportTable, &DataTable::exportWithDialog);
}

views::pages::KernelsPage* MainWindow::makeKernelsPage() {
  auto* page = new views::pages::KernelsPage(&m_hub, this);
  auto* child = new AssemblyChild({engineProgram()}, this);
  connect(page, &views::pages::KernelsPage::machineCodeWanted, child, &AssemblyChild::make);
  connect(child, &AssemblyChild::made, page, &views::pages::KernelsPage::showMachineCode);
  return page;
}

void MainWindow::connectGoActions() {
  const auto on = [this](QAction* action, auto&& run) {
    connect(action, &QAction::triggered, m_navigator, run);
  };
  on(m_actions->back, &Navigator::goBack);
  on(m_actions->forward, &Navigator::goForward);
  on(m_actions->goToNode, &Navigator::pickNode);
  on(m_actions->mirror, &Navigator::goToMirror);
  on(m_actions->producer, [this] { m_navigator->goToNeighbour(true); });
  on(m_actions->consumer, [this] { m_navigator->goToNeighbour(false); });
  on(m_actions->allProducers, [this] { m_navigator->pickNeighbour(true); });
  on(m_actions->allConsumers, [this] { m_navigator->pickNeighbour(false); });
  on(m_actions->nextSaved, &Navigator::goToNextSaved);
  on(m_actions->tableRow, [this] { switchToTable(); });
  on(m_actions->traceTable, [this] {
    showPage(PageId::Joint);
    m_joint->showSequenceTable();
  });
  on(m_actions->guards, [this] {
    showPage(PageId::Joint);
    m_joint->showGuards();
  });
}

void MainWindow::connectBookmarks() {
  const auto on = [this](QAction* action, auto&& run) {
    connect(action, &QAction::triggered, m_navigator, run);
  };
  on(m_actions->addBookmark, [this] { m_navigator->addBookmark(currentPlace()); });
  on(m_actions->removeBookmark, &Navigator::pickBookmarkToRemove);
  on(m_actions->bookmarks, &Navigator::pickBookmark);
  for (int i = 0; i < WindowActions::kNumberedBookmarks; ++i) {
    on(m_actions->numberedBookmarks[static_cast<std::size_t>(i)],
       [this, i] { m_navigator->goToBookmark(i); });
  }
  connect(m_navigator, &Navigator::placeWanted, this, &MainWindow::showPlace);
  connect(m_navigator, &Navigator::remarked, this, &MainWindow::showStatus);
  connect(m_navigator, &Navigator::historyChanged, this,
          [this] { m_actions->setHistory(m_navigator->canGoBack(), m_navigator->canGoForward()); });
}

void MainWindow::connectViewActions() {
  connectGraphviz();
  connect(m_actions->nextPane, &QAction::triggered, this, [this] { movePane(1); });
  connect(m_actions->previousPane, &QAction::triggered, this, [this] { movePane(-1); });
  connect(m_actions->resetLayout, &QAction::triggered, this, &MainWindow::resetLayout);
  connect(m_actions->fullScreen, &QAction::toggled, this,
          [this](bool full) { full ? showFullScreen() : showNormal(); });
  using views::look::Theme;
  const auto theme = [this](QAction* action, Theme chosen) {
    connect(action, &QAction::triggered, this, [this, chosen] { chooseTheme(chosen); });
  };
  theme(m_actions->themeSystem, Theme::System);
  theme(m_actions->themeLight, Theme::Light);
  theme(m_actions->themeDark, Theme::Dark);
  connect(m_actions->palette, &QAction::triggered, m_commands, &WindowCommands::openPalette);
  connect(m_actions->preferences, &QAction::triggered, this, &MainWindow::showPreferences);
  connect(m_actions->shortcuts, &QAction::triggered, m_commands, &WindowCommands::showShortcuts);
  connect(m_actions->operators, &QAction::triggered, this,
          [this] { m_commands->showOperators(m_controller->engine()); });
  connect(m_actions->about, &QAction::triggered, m_commands, &WindowCommands::showAbout);
}

void MainWindow::connectGraphviz() {
  auto* child = new GraphvizChild(graphvizProgram(), this);
  connect(m_actions->graphvizLayout, &QAction::triggered, child, [this, child] {
    const auto* graph = shownGraph();
    if (!graph || !graph->geometry()) return showStatus(tr("This page shows no graph."));
    showStatus(tr("Graphviz lays the graph out…"));
    child->layOut(graph->geometry());
  });
  connect(child, &GraphvizChild::failed, this, &MainWindow::showStatus);
  connect(child, &GraphvizChild::placed, this, [this](const auto& geometry) {
    if (auto* graph = shownGraph()) graph->showPlaced(geometry);
    showStatus(tr("Laid out by Graphviz; the next fold brings our own layout back."));
  });
}

void MainWindow::connectSelection() {
  connect(&m_hub, &views::shared::SelectionHub::selectionChanged, this, &MainWindow::showSelection);
  connect(&m_hub, &views::shared::SelectionHub::selectionChanged, this, &MainWindow::visitPlace);
  for (const auto* graph : std::as_const(m_graphs)) {
    connect(graph, &views::graph::GraphView::folded, this, &MainWindow::visitPlace);
  }
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
  m_status->setSnapshot(*snapshot);
  const QString file = QFileInfo(snapshot->modelPath).fileName();
  setWindowTitle(file.isEmpty() ? tr("AOT Explorer")
                                : tr("%1 — AOT Explorer").arg(showable(file.toStdString())));
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
    case Intent::Profile: m_runs->ask(Question::Profile); break;
    case Intent::FindDifference: m_runs->ask(Question::Difference); break;
    case Intent::TryEager: m_runs->ask(Question::EagerStep); break;
  }
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
  m_status->showState(text);
}

void MainWindow::showSelection() {
  m_status->showSelection(m_hub.selection(), *m_controller->snapshot()->index);
}

void MainWindow::setEngineText(const QString& text) {
  m_start->setEngineText(text);
}

bool MainWindow::isLayingOut() const {
  return (m_page == PageId::Joint && m_joint->isLayingOut()) ||
         (m_page == PageId::Partition && m_partition->isLayingOut());
}

}  // namespace explorer
