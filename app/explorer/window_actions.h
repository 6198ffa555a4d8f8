#pragma once

// Every action of the window, with its text, shortcut and tooltip; menus, toolbar and the shortcut
// list are made from the same objects.

#include <QAction>
#include <QKeySequence>
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
  /// Actions are added to `window`, so that their shortcuts act in all of it.
  WindowActions(QWidget* window, QUndoStack* undoStack);

  QAction* open = nullptr;
  QAction* openTraceLog = nullptr;
  QAction* replaceWeights = nullptr;
  QAction* reload = nullptr;
  QAction* exportReport = nullptr;
  QAction* exportPicture = nullptr;
  QAction* close = nullptr;
  QAction* quit = nullptr;
  QAction* undo = nullptr;
  QAction* redo = nullptr;
  QAction* find = nullptr;
  QAction* clearFilter = nullptr;
  QAction* nextMatch = nullptr;
  QAction* previousMatch = nullptr;
  QAction* back = nullptr;
  QAction* forward = nullptr;
  QAction* mirror = nullptr;
  QAction* producer = nullptr;
  QAction* consumer = nullptr;
  QAction* nextSaved = nullptr;
  QAction* traceTable = nullptr;
  QAction* guards = nullptr;
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
  QAction* cancel = nullptr;
  QAction* nextPane = nullptr;
  QAction* previousPane = nullptr;
  QAction* resetLayout = nullptr;
  QAction* fullScreen = nullptr;
  QAction* themeSystem = nullptr;
  QAction* themeLight = nullptr;
  QAction* themeDark = nullptr;
  QAction* shortcuts = nullptr;
  QAction* operators = nullptr;
  QAction* about = nullptr;
  QAction* restartEngine = nullptr;
  std::array<QAction*, views::pages::kPageCount> pages{};

  /// All of them, in menu order.
  const QList<QAction*>& all() const { return m_all; }
  /// Enables what `snapshot` allows; a disabled action says why in its tooltip.
  void setSnapshot(const views::pages::Snapshot& snapshot);
  void setHistory(bool canGoBack, bool canGoForward);

 private:
  QAction* add(const QString& text, const QList<QKeySequence>& keys = {},
               const QString& tip = QString());
  void addFileActions();
  void addEditActions(QUndoStack* undoStack);
  void addGoActions();
  void addPartitionActions();
  void addRunActions();
  void addViewActions();
  void addPageActions();
  void enable(QAction* action, bool enabled, const QString& whyNot);

  QWidget* m_window;
  QList<QAction*> m_all;
};

}  // namespace explorer
