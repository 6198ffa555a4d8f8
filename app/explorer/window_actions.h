#pragma once

// Every action of the window, with its text, shortcut and tooltip; menus, toolbar and the shortcut
// list are made from the same objects.

#include <QAction>
#include <QList>
#include <QObject>
#include <array>

#include "views/pages/snapshot.h"

class QUndoStack;
class QWidget;

namespace explorer {

class WindowActions : public QObject {
  Q_OBJECT

 public:
  static constexpr int kNumberedBookmarks = 9;

  /// Actions are added to `window`, so that their shortcuts act in all of it.
  WindowActions(QWidget* window, QUndoStack* undoStack);

  QAction* open = nullptr;
  QAction* openTraceLog = nullptr;
  QAction* replaceWeights = nullptr;
  QAction* reload = nullptr;
  QAction* openSession = nullptr;
  QAction* openLastSession = nullptr;
  QAction* saveSession = nullptr;
  QAction* saveSessionAs = nullptr;
  QAction* exportReport = nullptr;
  QAction* exportPicture = nullptr;
  QAction* close = nullptr;
  QAction* quit = nullptr;
  QAction* undo = nullptr;
  QAction* redo = nullptr;
  QAction* copyRows = nullptr;
  QAction* selectAllRows = nullptr;
  QAction* exportTable = nullptr;
  QAction* find = nullptr;
  QAction* clearFilter = nullptr;
  QAction* nextMatch = nullptr;
  QAction* saveFilter = nullptr;
  QAction* savedFilters = nullptr;
  QAction* forgetFilter = nullptr;
  QAction* previousMatch = nullptr;
  QAction* preferences = nullptr;
  QAction* back = nullptr;
  QAction* forward = nullptr;
  QAction* goToNode = nullptr;
  QAction* mirror = nullptr;
  QAction* producer = nullptr;
  QAction* consumer = nullptr;
  QAction* allProducers = nullptr;
  QAction* allConsumers = nullptr;
  QAction* nextSaved = nullptr;
  QAction* tableRow = nullptr;
  QAction* traceTable = nullptr;
  QAction* guards = nullptr;
  QAction* addBookmark = nullptr;
  QAction* removeBookmark = nullptr;
  QAction* bookmarks = nullptr;
  QAction* pinSaved = nullptr;
  QAction* pinRecomputed = nullptr;
  QAction* unpin = nullptr;
  QAction* clearPins = nullptr;
  QAction* lessMemory = nullptr;
  QAction* moreMemory = nullptr;
  QAction* moduleBudget = nullptr;
  QAction* memoryChart = nullptr;
  QAction* keepPartition = nullptr;
  QAction* whatMoved = nullptr;
  QAction* makeKernels = nullptr;
  QAction* run = nullptr;
  QAction* profile = nullptr;
  QAction* findDifference = nullptr;
  QAction* tryEager = nullptr;
  QAction* keptRuns = nullptr;
  QAction* sweep = nullptr;
  QAction* cancel = nullptr;
  QAction* nextPane = nullptr;
  QAction* previousPane = nullptr;
  QAction* graphvizLayout = nullptr;
  QAction* resetLayout = nullptr;
  QAction* fullScreen = nullptr;
  QAction* themeSystem = nullptr;
  QAction* themeLight = nullptr;
  QAction* themeDark = nullptr;
  QAction* palette = nullptr;
  QAction* shortcuts = nullptr;
  QAction* operators = nullptr;
  QAction* about = nullptr;
  QAction* restartEngine = nullptr;
  std::array<QAction*, views::pages::kPageCount> pages{};
  std::array<QAction*, kNumberedBookmarks> numberedBookmarks{};
  std::array<QAction*, 4> filterModes{};  ///< by views::shared::FilterMode

  /// All of them, in menu order.
  const QList<QAction*>& all() const { return m_all; }
  /// Enables what `snapshot` allows; a disabled action says why in its tooltip.
  void setSnapshot(const views::pages::Snapshot& snapshot);
  void setHistory(bool canGoBack, bool canGoForward);
  void setLastSession(bool exists);

 private:
  /// What must be there for an action to be enabled.
  enum class Needs {
    Nothing,
    OwnState,  ///< the action's owner enables it
    Model,
    Record,
    Joint,
    Partition,
    Curve,
    IdleModel,  ///< a model, and no work of the engine
    Work,
  };

  /// `id` names the action in settings and in recent commands; `keys` is a list with "; " between.
  QAction* add(const char* id, const QString& text, const char* keys, const QString& tip,
               Needs needs = Needs::Nothing);
  void addFileActions();
  void addEditActions(QUndoStack* undoStack);
  void addFilterModes();
  void addGoActions();
  void addPartitionActions();
  void addRunActions();
  void addViewActions();
  void addToolActions();
  void addPageActions();
  QString missing(Needs needs, const views::pages::Snapshot& snapshot) const;
  void enable(QAction* action, bool enabled, const QString& whyNot);

  QWidget* m_window;
  QList<QAction*> m_all;
  QList<Needs> m_needs;  ///< of m_all
};

}  // namespace explorer
