#pragma once

// The window: pages, docks, menus and status bar, wired to the controller. No logic of its own.

#include <QFileInfoList>
#include <QMainWindow>
#include <array>
#include <functional>

#include "app/explorer/history/run_jobs.h"
#include "app/explorer/navigation/last_used.h"
#include "app/explorer/navigation/navigator.h"
#include "app/explorer/session/session_keeper.h"
#include "app/explorer/status_line.h"
#include "app/explorer/window_commands.h"
#include "views/shared/selection_hub.h"

class QDockWidget;
class QMenu;
class QStackedWidget;

namespace views::graph {
class GraphView;
}

namespace views::pages {
class Banner;
class DataTable;
class JointPage;
class KernelsPage;
class LogPanel;
class ModuleTree;
class NodeInspector;
class PartitionPage;
class SearchBox;
class StagePage;
class StageStrip;
class StartPage;
}  // namespace views::pages

namespace explorer {

class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  MainWindow(ExplorerController* controller, Settings settings);

  void showPage(views::pages::PageId page);
  views::pages::PageId currentPage() const { return m_page; }
  void setSamples(const QFileInfoList& samples);
  void setEngineText(const QString& text);
  /// What actions of the menus act on; null if the page has none. So is shownTable().
  views::graph::GraphView* shownGraph() const;
  void openFile(const QString& path, core::pipeline::Goal goal);
  /// Opens what a person chose or dropped: a model, a trace log, or weights for the open model.
  void openPath(const QString& path);
  /// True while the shown graphs are still being laid out.
  bool isLayingOut() const;
  views::shared::SelectionHub* hub() { return &m_hub; }
  WindowActions* actions() { return m_actions; }
  WindowCommands* commands() { return m_commands; }
  Navigator* navigator() { return m_navigator; }
  SessionKeeper* sessions() { return m_sessions; }
  /// A session that can be reopened after a crash; its text is empty if there is none.
  views::pages::Banner* offer() { return m_offer; }
  views::pages::Banner* banner() { return m_banner; }

 Q_SIGNALS:
  void themeChosen(views::look::Theme theme);
  void engineRestartWanted();

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  static constexpr int kDockStateVersion = 1;
  void buildPages();
  void addStagePage(views::pages::StagePage* page);
  void buildCenter();
  void buildDocks();
  QDockWidget* addDock(const QString& title, const QString& name, QWidget* content,
                       Qt::DockWidgetArea area);
  void buildMenus();
  void buildToolBar();
  void buildStatusBar();
  void connectController();
  void connectActions();
  void connectFindActions();
  void connectGoActions();
  views::pages::KernelsPage* makeKernelsPage();
  void connectBookmarks();
  void connectViewActions();
  void connectGraphviz();
  void connectSelection();
  void connectPartition();
  void connectPartitionActions();
  void onSnapshot(const views::pages::SnapshotPtr& snapshot);
  void onIntent(views::pages::Intent intent);
  void onFailure(const views::pages::Failure& failure);
  void onFinished();
  void showStatus(const QString& text);
  void showSelection();
  QString folderOfModel() const;
  void askForFile();
  void askForTraceLog();
  void askForWeights();
  /// True if the person wants it opened although loading it can run code.
  bool askForConsent(const QString& path);
  void openTorchScript(const QString& path);
  void showOpening(const QString& path, const std::function<void()>& open);
  void replaceWeights(const QString& path);
  void askForReport();
  void askForPicture();
  void fillOpenRecent();
  void pinSelected(views::pages::Pin pin);
  void budgetSelectedModule();
  void movePane(int step);
  /// Lets a node's row have the focus, or the graph if a table has it.
  void switchToTable();
  Place currentPlace() const;
  void showPlace(const Place& place);
  void visitPlace();
  views::pages::DataTable* shownTable() const;
  void fillGraphMenu();
  void collectCommands();
  void keepSession();
  void connectSession();
  std::optional<Session> captureSession() const;
  void restoreSession(const Session& session);
  void openSession(const QString& path);
  void askForSession();
  /// False if the person changed their mind, or the file cannot be written.
  bool saveSession(bool asksForName);
  bool mayLeaveSession();
  void onModelChanged();
  void showPreferences();
  void chooseTheme(views::look::Theme theme);
  void checkTheme(views::look::Theme theme);
  void resetLayout();

  ExplorerController* m_controller;
  Settings m_settings;
  views::shared::SelectionHub m_hub;
  WindowActions* m_actions;
  WindowCommands* m_commands;
  Navigator* m_navigator;
  SessionKeeper* m_sessions = nullptr;
  LastUsed* m_lastUsed;
  views::pages::PageId m_page = views::pages::PageId::Start;
  QByteArray m_initialState;

  QStackedWidget* m_stack = nullptr;
  views::pages::StageStrip* m_strip = nullptr;
  views::pages::Banner* m_banner = nullptr;
  views::pages::Banner* m_offer = nullptr;
  views::pages::StartPage* m_start = nullptr;
  views::pages::JointPage* m_joint = nullptr;
  views::pages::PartitionPage* m_partition = nullptr;
  RunJobs* m_runs = nullptr;
  views::pages::ModuleTree* m_modules = nullptr;
  views::pages::NodeInspector* m_inspector = nullptr;
  views::pages::LogPanel* m_log = nullptr;
  views::pages::SearchBox* m_search = nullptr;
  std::array<QWidget*, views::pages::kPageCount> m_pages{};
  QList<views::pages::StagePage*> m_stagePages;
  QList<QDockWidget*> m_docks;
  QMap<QString, views::graph::GraphView*> m_graphs;  ///< all, by a name for session files
  QString m_modelPath;                               ///< that the places and bookmarks belong to
  QMenu* m_recentMenu = nullptr;
  QMenu* m_sampleMenu = nullptr;
  QMenu* m_graphMenu = nullptr;
  StatusLine* m_status = nullptr;
};

}  // namespace explorer
