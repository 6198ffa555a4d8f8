#include "app/explorer/window_actions.h"

#include <QActionGroup>
#include <QUndoStack>
#include <QWidget>

namespace explorer {

using views::pages::PageId;
using views::pages::Snapshot;

WindowActions::WindowActions(QWidget* window, QUndoStack* undoStack)
    : QObject(window), m_window(window) {
  addFileActions();
  addEditActions(undoStack);
  addGoActions();
  addPartitionActions();
  addRunActions();
  addViewActions();
  addPageActions();
  setSnapshot(Snapshot());
  setHistory(false, false);
}

QAction* WindowActions::add(const QString& text, const QList<QKeySequence>& keys,
                            const QString& tip) {
  auto* action = new QAction(text, this);
  action->setShortcuts(keys);
  action->setProperty("tip", tip.isEmpty() ? action->iconText() : tip);
  m_window->addAction(action);
  m_all << action;
  return action;
}

void WindowActions::addFileActions() {
  open = add(tr("&Open…"), {QKeySequence::Open});
  openTraceLog = add(tr("Open &Trace Log…"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L)},
                     tr("Opens a folder that Python wrote under TORCH_TRACE"));
  replaceWeights = add(tr("Replace &Weights…"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_W)},
                       tr("Takes the model's weights from a safetensors file"));
  reload = add(tr("&Reload"), {QKeySequence(Qt::Key_F5)}, tr("Reads and traces the file again"));
  exportReport = add(tr("Export &Report…"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E)},
                     tr("Writes one HTML page with all that is known"));
  exportPicture = add(tr("Export &Picture…"), {}, tr("Writes the window as a PNG file"));
  close = add(tr("&Close"), {QKeySequence(Qt::CTRL | Qt::Key_W)});
  quit = add(tr("&Quit"), {QKeySequence(Qt::CTRL | Qt::Key_Q)});
}

void WindowActions::addEditActions(QUndoStack* undoStack) {
  undo = undoStack->createUndoAction(this, tr("Undo"));
  redo = undoStack->createRedoAction(this, tr("Redo"));
  undo->setShortcuts(QKeySequence::Undo);
  redo->setShortcuts(QKeySequence::Redo);
  for (QAction* action : {undo, redo}) {
    m_window->addAction(action);
    m_all << action;
  }
  find =
      add(tr("&Find or filter"), {QKeySequence(Qt::CTRL | Qt::Key_F), QKeySequence(Qt::Key_Slash)},
          tr("Goes to the search box"));
  nextMatch = add(tr("Find &Next"), {QKeySequence(Qt::Key_F3)});
  previousMatch = add(tr("Find Pre&vious"), {QKeySequence(Qt::SHIFT | Qt::Key_F3)});
  clearFilter = add(tr("C&lear the search"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F)});
}

void WindowActions::addGoActions() {
  back = add(tr("&Back"), {QKeySequence(Qt::ALT | Qt::Key_Left)}, tr("The selection before"));
  forward = add(tr("&Forward"), {QKeySequence(Qt::ALT | Qt::Key_Right)}, tr("The selection after"));
  mirror = add(tr("&Mirror Side"), {QKeySequence(Qt::CTRL | Qt::Key_M)},
               tr("From a forward node to its backward, and back"));
  producer = add(tr("&Producer"), {QKeySequence(Qt::CTRL | Qt::Key_Up)},
                 tr("The first input of the selected node"));
  consumer = add(tr("&Consumer"), {QKeySequence(Qt::CTRL | Qt::Key_Down)},
                 tr("The first user of the selected node"));
  nextSaved = add(tr("Next &Saved Tensor"), {QKeySequence(Qt::CTRL | Qt::Key_Period)});
  traceTable = add(tr("&Trace Table"), {QKeySequence(Qt::CTRL | Qt::Key_T)},
                   tr("Forward calls beside their backward calls, by sequence number"));
  guards = add(tr("&Guards"), {QKeySequence(Qt::CTRL | Qt::Key_G)},
               tr("What must hold of the inputs for this graph to be right"));
}

void WindowActions::addPartitionActions() {
  const auto key = [](int letter) {
    return QList<QKeySequence>{QKeySequence(Qt::CTRL | Qt::SHIFT | static_cast<Qt::Key>(letter))};
  };
  pinSaved = add(tr("Pin as &Saved"), key(Qt::Key_S),
                 tr("Always hands the selected value to the backward"));
  pinRecomputed = add(tr("Pin as &Recomputed"), key(Qt::Key_R),
                      tr("Always computes the selected value again in the backward"));
  unpin = add(tr("Remove the &Pin"), key(Qt::Key_U),
              tr("Lets the partitioner decide about the selected value"));
  clearPins = add(tr("Remove &All Pins"), key(Qt::Key_Backspace));
  lessMemory = add(tr("&Less Memory"), {QKeySequence(Qt::CTRL | Qt::Key_BracketLeft)},
                   tr("To the next point of the curve with less memory"));
  moreMemory = add(tr("&More Memory"), {QKeySequence(Qt::CTRL | Qt::Key_BracketRight)},
                   tr("To the next point of the curve with more memory"));
  moduleBudget = add(tr("&Budget of the Module…"), key(Qt::Key_M),
                     tr("Gives the selected module a budget of its own"));
  memoryChart = add(tr("Memory &over Program Order"), key(Qt::Key_O));
  keepPartition = add(tr("&Keep for Comparison"), {QKeySequence(Qt::CTRL | Qt::Key_K)},
                      tr("Remembers this partition, to compare later ones with it"));
  whatMoved = add(tr("&What Moved"), key(Qt::Key_D), tr("The shown partition beside another one"));
}

void WindowActions::addRunActions() {
  makeKernels = add(tr("&Generate Kernels"), {QKeySequence(Qt::Key_F7)},
                    tr("Fuses and writes kernels; runs nothing of the model"));
  run = add(tr("▶ &Run both"), {QKeySequence(Qt::Key_F9)},
            tr("Checks the compiled step against eager, then times both"));
  cancel = add(
      tr("■ &Cancel"),
      {QKeySequence(Qt::CTRL | Qt::Key_Pause), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Period)},
      tr("Stops the work of the engine"));
  restartEngine = add(tr("Restart &Engine"), {}, tr("Stops the engine and starts a fresh one"));
}

void WindowActions::addViewActions() {
  nextPane = add(tr("&Next Pane"), {QKeySequence(Qt::Key_F6)});
  previousPane = add(tr("&Previous Pane"), {QKeySequence(Qt::SHIFT | Qt::Key_F6)});
  resetLayout = add(tr("&Reset Window Layout"));
  fullScreen = add(tr("F&ull Screen"), {QKeySequence(Qt::Key_F11)});
  fullScreen->setCheckable(true);
  themeSystem = add(tr("Theme of the &Desktop"));
  themeLight = add(tr("&Light Theme"));
  themeDark = add(tr("&Dark Theme"));
  auto* themes = new QActionGroup(this);
  for (QAction* theme : {themeSystem, themeLight, themeDark}) {
    theme->setCheckable(true);
    themes->addAction(theme);
  }
  shortcuts = add(tr("&Shortcuts"), {QKeySequence(Qt::Key_F1)});
  operators = add(tr("&Operator Coverage"), {QKeySequence(Qt::SHIFT | Qt::Key_F1)},
                  tr("Which operators can be traced, and what becomes of each"));
  about = add(tr("&About AOT Explorer"));
}

void WindowActions::addPageActions() {
  for (const PageId page : views::pages::kPages) {
    QList<QKeySequence> keys;
    if (page != PageId::Start) {
      keys << QKeySequence(Qt::ALT | (Qt::Key_0 + static_cast<int>(page)));
    }
    QAction* action = add(tr("%1 Page").arg(views::pages::pageTitle(page)), keys);
    pages[static_cast<std::size_t>(page)] = action;
  }
}

void WindowActions::enable(QAction* action, bool enabled, const QString& whyNot) {
  action->setEnabled(enabled);
  QString tip = action->property("tip").toString();
  if (!action->shortcut().isEmpty()) {
    tip += QStringLiteral(" (%1)").arg(action->shortcut().toString(QKeySequence::NativeText));
  }
  if (!enabled) tip += QStringLiteral(": ") + whyNot;
  action->setToolTip(tip.toHtmlEscaped());
  action->setStatusTip(tip);
}

void WindowActions::setSnapshot(const Snapshot& snapshot) {
  const bool open_ = !snapshot.modelPath.isEmpty();
  const auto* record = snapshot.record();
  const bool traced = record && record->joint;
  const QString noModel = tr("no model is open");
  const QString notTraced = tr("there is no joint graph yet");
  const QString busy = tr("the engine is working");
  enable(reload, open_, noModel);
  enable(close, open_, noModel);
  enable(replaceWeights, open_, noModel);
  enable(exportReport, record != nullptr, noModel);
  enable(exportPicture, true, QString());
  for (QAction* action : {find, clearFilter, nextMatch, previousMatch, mirror, producer, consumer,
                          traceTable, guards}) {
    enable(action, traced, notTraced);
  }
  for (QAction* action : {nextSaved, pinSaved, pinRecomputed, unpin, clearPins, moduleBudget,
                          memoryChart, keepPartition, whatMoved}) {
    enable(action, record && record->partition, tr("there is no partition yet"));
  }
  for (QAction* action : {lessMemory, moreMemory}) {
    enable(action, snapshot.study->curve != nullptr, tr("there is no curve yet"));
  }
  enable(makeKernels, open_ && !snapshot.busy, open_ ? busy : noModel);
  enable(run, open_ && !snapshot.busy, open_ ? busy : noModel);
  enable(cancel, snapshot.busy, tr("nothing is running"));
  for (const PageId page : views::pages::kPages) {
    enable(pages[static_cast<std::size_t>(page)], page == PageId::Start || open_, noModel);
  }
  for (QAction* action :
       {open, openTraceLog, quit, nextPane, previousPane, resetLayout, fullScreen, themeSystem,
        themeLight, themeDark, shortcuts, operators, about, restartEngine}) {
    enable(action, true, QString());
  }
}

void WindowActions::setHistory(bool canGoBack, bool canGoForward) {
  enable(back, canGoBack, tr("nothing was selected before"));
  enable(forward, canGoForward, tr("nothing was selected after"));
}

}  // namespace explorer
