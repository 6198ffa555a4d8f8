#pragma once

// The window: pages, docks, menus and status bar, wired to the controller. No logic of its own.

#include <QFileInfoList>
#include <QMainWindow>
#include <array>
#include <functional>

#include "app/explorer/explorer_controller.h"
#include "app/explorer/settings/settings.h"
#include "app/explorer/window_actions.h"
#include "views/look/theme.h"
#include "views/shared/selection_hub.h"

class QDockWidget;
class QLabel;
class QMenu;
class QProgressBar;
class QStackedWidget;
class QTimer;

namespace views::pages {
class Banner;
class JointPage;
class LogPanel;
class ModuleTree;
class NodeInspector;
class OperatorsDialog;
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
  void openFile(const QString& path, core::pipeline::Goal goal);
  /// Opens what a person chose or dropped: a model, a trace log, or weights for the open model.
  void openPath(const QString& path);
  /// True while the shown graphs are still being laid out.
  bool isLayingOut() const;
  views::shared::SelectionHub* hub() { return &m_hub; }
  WindowActions* actions() { return m_actions; }
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
  void connectGoActions();
  void connectViewActions();
  void connectSelection();
  void connectPartition();
  void connectPartitionActions();

  void onSnapshot(const views::pages::SnapshotPtr& snapshot);
  void onIntent(views::pages::Intent intent);
  void onProgress(double fraction, const QString& sentence);
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
  void goTo(const std::string& name);
  void goToNextSaved();
  void pinSelected(views::pages::Pin pin);
  void budgetSelectedModule();
  void goToNeighbour(bool towardsInputs);
  void movePane(int step);
  void resetLayout();
  void showShortcuts();
  void showOperators();
  void showAbout();

  ExplorerController* m_controller;
  Settings m_settings;
  views::shared::SelectionHub m_hub;
  WindowActions* m_actions;
  views::pages::PageId m_page = views::pages::PageId::Start;
  QFileInfoList m_sampleFiles;
  QByteArray m_initialState;

  QStackedWidget* m_stack = nullptr;
  views::pages::StageStrip* m_strip = nullptr;
  views::pages::Banner* m_banner = nullptr;
  views::pages::StartPage* m_start = nullptr;
  views::pages::JointPage* m_joint = nullptr;
  views::pages::PartitionPage* m_partition = nullptr;
  views::pages::ModuleTree* m_modules = nullptr;
  views::pages::NodeInspector* m_inspector = nullptr;
  views::pages::LogPanel* m_log = nullptr;
  views::pages::SearchBox* m_search = nullptr;
  views::pages::OperatorsDialog* m_operators = nullptr;  ///< made when it is first asked for
  std::array<QWidget*, views::pages::kPageCount> m_pages{};
  QList<views::pages::StagePage*> m_stagePages;
  QList<QDockWidget*> m_docks;
  QMenu* m_recentMenu = nullptr;
  QMenu* m_sampleMenu = nullptr;
  QLabel* m_status = nullptr;
  QLabel* m_selection = nullptr;
  QLabel* m_counts = nullptr;
  QProgressBar* m_progress = nullptr;
  QWidget* m_cancelButton = nullptr;
  QElapsedTimer m_elapsed;
};

}  // namespace explorer
