#include "app/explorer/main_window.h"

#include <QDockWidget>
#include <QMenuBar>
#include <QStackedWidget>
#include <QToolBar>
#include <QVBoxLayout>

#include "app/explorer/history/preset_keeper.h"
#include "views/graph/graph_view.h"
#include "views/models/showable_text.h"
#include "views/pages/compare_page.h"
#include "views/pages/data_table.h"
#include "views/pages/inputs_page.h"
#include "views/pages/joint_page.h"
#include "views/pages/kernels_page.h"
#include "views/pages/model_page.h"
#include "views/pages/node_inspector.h"
#include "views/pages/partition_page.h"
#include "views/pages/run_page.h"
#include "views/pages/search_box.h"
#include "views/pages/side_panels.h"
#include "views/pages/stage_strip.h"
#include "views/pages/start_page.h"

namespace explorer {

using views::pages::PageId;
using views::pages::StagePage;

namespace {
constexpr int kLeftDockWidth = 270;
constexpr int kRightDockWidth = 280;
}  // namespace

MainWindow::MainWindow(ExplorerController* controller, Settings settings)
    : m_controller(controller), m_settings(std::move(settings)) {
  setWindowTitle(tr("AOT Explorer"));
  setAcceptDrops(true);
  setDockOptions(AllowNestedDocks | AllowTabbedDocks);
  setAnimated(m_settings.animations());
  m_actions = new WindowActions(this, controller->undoStack());
  m_commands = new WindowCommands(m_settings, this);
  m_navigator = new Navigator(controller, &m_hub, this);
  m_lastUsed = new LastUsed(this);
  buildPages();
  buildCenter();
  buildDocks();
  buildMenus();
  buildToolBar();
  buildStatusBar();
  connectController();
  connectActions();
  connectFindActions();
  connectGoActions();
  connectBookmarks();
  connectViewActions();
  connectSelection();
  connectPartitionActions();
  collectCommands();
  keepSession();
  m_initialState = saveState(kDockStateVersion);
  restoreGeometry(m_settings.windowGeometry());
  restoreState(m_settings.windowState(), kDockStateVersion);
  m_start->setRecent(m_settings.recentFiles());
  fillOpenRecent();
  checkTheme(m_settings.theme());
  onSnapshot(controller->snapshot());
  showPage(PageId::Start);
}

void MainWindow::addStagePage(StagePage* page) {
  m_pages[static_cast<std::size_t>(page->id())] = page;
  m_stagePages << page;
  m_stack->addWidget(page);
  const auto graphs = page->findChildren<views::graph::GraphView*>();
  for (qsizetype i = 0; i < graphs.size(); ++i) {
    m_graphs.insert(QStringLiteral("%1.%2").arg(views::pages::pageWord(page->id())).arg(i + 1),
                    graphs[i]);
  }
  connect(page, &StagePage::intended, this, &MainWindow::onIntent);
}

void MainWindow::buildPages() {
  m_stack = new QStackedWidget(this);
  m_start = new views::pages::StartPage(this);
  m_pages[static_cast<std::size_t>(PageId::Start)] = m_start;
  m_stack->addWidget(m_start);
  connect(m_start, &views::pages::StartPage::openRequested, this, &MainWindow::askForFile);
  connect(m_start, &views::pages::StartPage::fileChosen, this, &MainWindow::openPath);
  auto* inputs = new views::pages::InputsPage(this);
  m_joint = new views::pages::JointPage(&m_hub, this);
  m_partition = new views::pages::PartitionPage(&m_hub, this);
  auto* model = new views::pages::ModelPage(this);
  addStagePage(model);
  addStagePage(inputs);
  addStagePage(m_joint);
  addStagePage(m_partition);
  addStagePage(makeKernelsPage());
  auto* run = new views::pages::RunPage(&m_hub, this);
  addStagePage(run);
  connect(run, &views::pages::RunPage::graphWanted, this, [this] { showPage(PageId::Joint); });
  auto* compare = new views::pages::ComparePage(this);
  addStagePage(compare);
  m_runs = new RunJobs(m_controller, m_settings, run, compare, this);
  new PresetKeeper(m_controller, m_settings.historyFile(), inputs, this);
  connect(m_runs, &RunJobs::tried, inputs, &views::pages::InputsPage::showTried);
  connect(model, &views::pages::ModelPage::compileChosen, m_controller,
          &ExplorerController::showCompile);
  connect(inputs, &views::pages::InputsPage::optionsChosen, m_controller,
          &ExplorerController::setOptions);
  connect(m_controller->engine(), &EngineClient::devicesFound, inputs,
          [inputs](const core::protocol::DevicesReply& devices) {
            QStringList names, titles;
            for (const auto& choice : devices.choices) {
              names += QString::fromStdString(choice.name);
              titles += QString::fromStdString(choice.title);
            }
            inputs->setDevices(names, titles, QString::fromStdString(devices.problem));
          });
  connectPartition();
}

void MainWindow::buildCenter() {
  m_strip = new views::pages::StageStrip(this);
  m_banner = new views::pages::Banner(this);
  auto* center = new QWidget(this);
  auto* layout = new QVBoxLayout(center);
  layout->setContentsMargins(6, 0, 6, 4);
  layout->setSpacing(4);
  layout->addWidget(m_strip);
  m_offer = new views::pages::Banner(this);
  layout->addWidget(m_offer);
  layout->addWidget(m_banner);
  layout->addWidget(m_stack, 1);
  setCentralWidget(center);
  connect(m_strip, &views::pages::StageStrip::chosen, this, &MainWindow::showPage);
  connect(m_banner, &views::pages::Banner::actionWanted, m_controller, &ExplorerController::reload);
}

QDockWidget* MainWindow::addDock(const QString& title, const QString& name, QWidget* content,
                                 Qt::DockWidgetArea area) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setAccessibleName(title);
  dock->setWidget(content);
  addDockWidget(area, dock);
  m_docks << dock;
  return dock;
}

void MainWindow::buildDocks() {
  m_modules = new views::pages::ModuleTree(&m_hub, this);
  m_inspector = new views::pages::NodeInspector(&m_hub, this);
  m_log = new views::pages::LogPanel(this);
  QDockWidget* modules =
      addDock(tr("Modules"), QStringLiteral("modules"), m_modules, Qt::LeftDockWidgetArea);
  QDockWidget* inspector =
      addDock(tr("Inspector"), QStringLiteral("inspector"), m_inspector, Qt::RightDockWidgetArea);
  addDock(tr("Log"), QStringLiteral("log"), m_log, Qt::BottomDockWidgetArea)->hide();
  resizeDocks({modules, inspector}, {kLeftDockWidth, kRightDockWidth}, Qt::Horizontal);
  connect(m_inspector, &views::pages::NodeInspector::pinned, m_controller,
          &ExplorerController::setPin);
  connect(m_inspector, &views::pages::NodeInspector::kernelWanted, this,
          [this] { showPage(PageId::Kernels); });
}

void MainWindow::buildMenus() {
  menuBar()->setAccessibleName(tr("Menus"));
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addActions({m_actions->open, m_actions->openTraceLog});
  m_recentMenu = file->addMenu(tr("Open Re&cent"));
  m_sampleMenu = file->addMenu(tr("Open &Sample"));
  file->addActions({m_actions->reload, m_actions->replaceWeights});
  file->addSeparator();
  file->addActions({m_actions->openSession, m_actions->openLastSession, m_actions->saveSession,
                    m_actions->saveSessionAs});
  file->addSeparator();
  file->addActions({m_actions->exportReport, m_actions->exportPicture});
  file->addSeparator();
  file->addActions({m_actions->close, m_actions->quit});
  QMenu* edit = menuBar()->addMenu(tr("&Edit"));
  edit->addActions({m_actions->undo, m_actions->redo});
  edit->addSeparator();
  edit->addActions({m_actions->copyRows, m_actions->selectAllRows, m_actions->exportTable});
  edit->addSeparator();
  edit->addActions(
      {m_actions->find, m_actions->nextMatch, m_actions->previousMatch, m_actions->clearFilter});
  edit->addActions({m_actions->savedFilters, m_actions->saveFilter, m_actions->forgetFilter});
  for (QAction* mode : m_actions->filterModes) edit->addAction(mode);
  edit->addSeparator();
  edit->addAction(m_actions->preferences);
  QMenu* view = menuBar()->addMenu(tr("&View"));
  m_graphMenu = view->addMenu(tr("&Graph"));
  view->addAction(m_actions->graphvizLayout);
  connect(m_graphMenu, &QMenu::aboutToShow, this, &MainWindow::fillGraphMenu);
  QMenu* docks = view->addMenu(tr("&Docks"));
  for (QDockWidget* dock : std::as_const(m_docks)) docks->addAction(dock->toggleViewAction());
  view->addActions({m_actions->nextPane, m_actions->previousPane, m_actions->resetLayout,
                    m_actions->fullScreen});
  view->addSeparator();
  view->addActions({m_actions->themeSystem, m_actions->themeLight, m_actions->themeDark});
  QMenu* go = menuBar()->addMenu(tr("&Go"));
  go->addActions({m_actions->back, m_actions->forward, m_actions->goToNode, m_actions->mirror,
                  m_actions->producer, m_actions->consumer, m_actions->allProducers,
                  m_actions->allConsumers, m_actions->nextSaved, m_actions->tableRow,
                  m_actions->traceTable, m_actions->guards});
  go->addSeparator();
  go->addActions({m_actions->addBookmark, m_actions->bookmarks, m_actions->removeBookmark});
  QMenu* numbered = go->addMenu(tr("Numbered Bookmarks"));
  for (QAction* bookmark : m_actions->numberedBookmarks) numbered->addAction(bookmark);
  go->addSeparator();
  for (QAction* page : m_actions->pages) go->addAction(page);
  QMenu* partition = menuBar()->addMenu(tr("&Partition"));
  const QList<QAction*> pins = {m_actions->pinSaved, m_actions->pinRecomputed, m_actions->unpin};
  partition->addActions(pins);
  partition->addActions({m_actions->clearPins, m_actions->moduleBudget});
  partition->addSeparator();
  partition->addActions({m_actions->lessMemory, m_actions->moreMemory});
  partition->addSeparator();
  partition->addActions({m_actions->memoryChart, m_actions->whatMoved, m_actions->keepPartition});
  m_partition->addValueActions(pins);
  QMenu* run = menuBar()->addMenu(tr("&Run"));
  run->addActions({m_actions->makeKernels, m_actions->run, m_actions->profile,
                   m_actions->findDifference, m_actions->tryEager, m_actions->keptRuns,
                   m_actions->sweep, m_actions->cancel});
  QMenu* tools = menuBar()->addMenu(tr("&Tools"));
  tools->addActions(
      {m_actions->palette, m_docks.last()->toggleViewAction(), m_actions->restartEngine});
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  help->addActions({m_actions->shortcuts, m_actions->operators, m_actions->about});
}

void MainWindow::fillGraphMenu() {
  m_graphMenu->clear();
  if (const auto* graph = shownGraph()) return m_graphMenu->addActions(graph->viewActions());
  m_graphMenu->addAction(tr("This page has no graph"))->setEnabled(false);
}

/// Every action gets its keys, and the palette learns of what only the moment knows.
void MainWindow::collectCommands() {
  ActionKeys& keys = m_commands->keys();
  keys.add(m_actions->all());
  for (const QDockWidget* dock : std::as_const(m_docks)) {
    QAction* toggle = dock->toggleViewAction();
    toggle->setObjectName(QStringLiteral("dock.") + dock->objectName());
    toggle->setProperty("tip", tr("Shows or hides the dock"));
    keys.add(toggle);
  }
  for (const auto* graph : std::as_const(m_graphs)) keys.add(graph->viewActions());
  m_commands->setMoment([this] {
    QList<QAction*> actions;
    if (const auto* graph = shownGraph()) actions << graph->viewActions();
    return actions << m_recentMenu->actions() << m_sampleMenu->actions();
  });
}

void MainWindow::buildToolBar() {
  auto* bar = new QToolBar(tr("Tools"), this);
  bar->setObjectName(QStringLiteral("toolbar"));
  bar->setMovable(false);
  bar->setToolButtonStyle(Qt::ToolButtonTextOnly);
  m_search = new views::pages::SearchBox(&m_hub, bar);
  auto* stretch = new QWidget(bar);
  stretch->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addActions({m_actions->open, m_actions->back, m_actions->forward});
  bar->addWidget(stretch);
  bar->addWidget(m_search);
  bar->addActions({m_actions->makeKernels, m_actions->run, m_actions->cancel});
  addToolBar(bar);
}

void MainWindow::buildStatusBar() {
  m_status = new StatusLine(m_actions->cancel, this);
  setStatusBar(m_status);
}

void MainWindow::showPage(PageId page) {
  const bool isMove = page != m_page;
  m_page = page;
  m_stack->setCurrentWidget(m_pages[static_cast<std::size_t>(page)]);
  m_strip->setCurrent(page);
  const bool start = page == PageId::Start;
  m_strip->setVisible(!m_controller->snapshot()->modelPath.isEmpty());
  // On the start page there is nothing to inspect; the person's own choice of docks comes back
  // with the first page.
  for (QDockWidget* dock : std::as_const(m_docks)) {
    if (start && !dock->isHidden()) {
      dock->setProperty("hiddenByStart", true);
      dock->hide();
    } else if (!start && dock->property("hiddenByStart").toBool()) {
      dock->setProperty("hiddenByStart", false);
      dock->show();
    }
  }
  if (isMove) visitPlace();
  if (m_sessions) m_sessions->touch();
}

void MainWindow::resetLayout() {
  restoreState(m_initialState, kDockStateVersion);
  resizeDocks({m_docks[0], m_docks[1]}, {kLeftDockWidth, kRightDockWidth}, Qt::Horizontal);
}

}  // namespace explorer
