#include "app/explorer/window_actions.h"

#include <QActionGroup>
#include <QUndoStack>
#include <QWidget>

#include "app/explorer/settings/settings.h"

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
  addToolActions();
  addPageActions();
  setSnapshot(Snapshot());
  setHistory(false, false);
}

QAction* WindowActions::add(const char* id, const QString& text, const char* keys,
                            const QString& tip, Needs needs) {
  auto* action = new QAction(text, this);
  action->setObjectName(QLatin1String(id));
  action->setShortcuts(keysFromText(QLatin1String(keys)));
  action->setProperty("tip", tip);
  m_window->addAction(action);
  m_all << action;
  m_needs << needs;
  return action;
}

void WindowActions::addFileActions() {
  open = add("open", tr("&Open…"), "Ctrl+O", tr("Opens a model or weights"));
  openTraceLog = add("openTraceLog", tr("Open &Trace Log…"), "Ctrl+Shift+L",
                     tr("Opens a folder that Python wrote under TORCH_TRACE"));
  replaceWeights = add("replaceWeights", tr("Replace &Weights…"), "Ctrl+Shift+W",
                       tr("Takes the model's weights from a safetensors file"), Needs::Model);
  reload = add("reload", tr("&Reload"), "F5", tr("Reads and traces the file again"), Needs::Model);
  openSession =
      add("openSession", tr("Open Sess&ion…"), "", tr("Goes on where a saved session stopped"));
  openLastSession = add("openLastSession", tr("Open &Last Session"), "",
                        tr("Goes on where the program was closed"), Needs::OwnState);
  saveSession =
      add("saveSession", tr("&Save Session"), "Ctrl+S",
          tr("Writes pins, budgets, bookmarks and places into the session's file"), Needs::Model);
  saveSessionAs = add("saveSessionAs", tr("Save Session &As…"), "Ctrl+Shift+S",
                      tr("Writes the session into another file"), Needs::Model);
  exportReport = add("exportReport", tr("Export &Report…"), "Ctrl+Shift+E",
                     tr("Writes one HTML page with all that is known"), Needs::Record);
  exportPicture =
      add("exportPicture", tr("Export &Picture…"), "", tr("Writes the window as a PNG file"));
  close = add("close", tr("&Close"), "Ctrl+W", tr("Closes the model"), Needs::Model);
  quit = add("quit", tr("&Quit"), "Ctrl+Q", tr("Ends the program"));
}

void WindowActions::addEditActions(QUndoStack* undoStack) {
  undo = undoStack->createUndoAction(this, tr("Undo"));
  redo = undoStack->createRedoAction(this, tr("Redo"));
  undo->setObjectName(QStringLiteral("undo"));
  redo->setObjectName(QStringLiteral("redo"));
  undo->setShortcuts(QKeySequence::Undo);
  redo->setShortcuts(QKeySequence::Redo);
  undo->setProperty("tip", tr("Takes back the last change of the partition"));
  redo->setProperty("tip", tr("Makes the change again that was taken back"));
  for (QAction* action : {undo, redo}) {
    m_window->addAction(action);
    m_all << action;
    m_needs << Needs::OwnState;
  }
  copyRows = add("copyRows", tr("&Copy Rows"), "",
                 tr("Copies the selected rows of the table, tab-separated"), Needs::Model);
  selectAllRows = add("selectAllRows", tr("Select &All Rows"), "",
                      tr("Selects every shown row of the table"), Needs::Model);
  exportTable = add("exportTable", tr("Export &Table…"), "",
                    tr("Writes the shown rows of the table as CSV"), Needs::Model);
  find =
      add("find", tr("&Find or Filter"), "Ctrl+F; /", tr("Goes to the search box"), Needs::Joint);
  nextMatch = add("nextMatch", tr("Find &Next"), "F3",
                  tr("Selects the next node that the search found"), Needs::Joint);
  previousMatch = add("previousMatch", tr("Find Pre&vious"), "Shift+F3",
                      tr("Selects the node before that the search found"), Needs::Joint);
  clearFilter = add("clearFilter", tr("C&lear the Search"), "Ctrl+Shift+F",
                    tr("Shows every node again"), Needs::Joint);
  saveFilter = add("saveFilter", tr("&Save the Search…"), "",
                   tr("Keeps the text of the search box under a name"), Needs::Joint);
  savedFilters = add("savedFilters", tr("Saved Sea&rches…"), "Ctrl+Alt+F",
                     tr("Uses one of the saved searches"), Needs::Joint);
  forgetFilter = add("forgetFilter", tr("For&get a Search…"), "",
                     tr("Removes one of the saved searches"), Needs::Joint);
  addFilterModes();
  preferences = add("preferences", tr("Pre&ferences…"), "Ctrl+,",
                    tr("Shortcuts, theme, animations, threads, and the size of caches"));
}

void WindowActions::addFilterModes() {
  filterModes = {
      add("filterHighlight", tr("Hits: H&ighlight"), "", tr("Marks what the search found")),
      add("filterDim", tr("Hits: &Dim the Others"), "", tr("Pales what the search did not find")),
      add("filterHide", tr("Hits: &Hide"), "", tr("Shows only what the search did not find")),
      add("filterIsolate", tr("Hits: Is&olate"), "", tr("Shows only what the search found"))};
  auto* modes = new QActionGroup(this);
  for (QAction* mode : filterModes) {
    mode->setCheckable(true);
    modes->addAction(mode);
  }
  filterModes[1]->setChecked(true);
}

void WindowActions::addGoActions() {
  back =
      add("back", tr("&Back"), "Alt+Left", tr("To the page and selection before"), Needs::OwnState);
  forward = add("forward", tr("&Forward"), "Alt+Right", tr("To the page and selection after"),
                Needs::OwnState);
  goToNode =
      add("goToNode", tr("Go to &Node…"), "Ctrl+G", tr("Selects a node by its name"), Needs::Joint);
  mirror = add("mirror", tr("&Mirror Side"), "Ctrl+M",
               tr("From a forward node to its backward, and back"), Needs::Joint);
  producer = add("producer", tr("&Producer"), "Ctrl+Up", tr("The first input of the selected node"),
                 Needs::Joint);
  consumer = add("consumer", tr("&Consumer"), "Ctrl+Down",
                 tr("The first user of the selected node"), Needs::Joint);
  allProducers = add("allProducers", tr("All P&roducers…"), "Ctrl+Shift+Up",
                     tr("Lists what the selected node reads"), Needs::Joint);
  allConsumers = add("allConsumers", tr("All C&onsumers…"), "Ctrl+Shift+Down",
                     tr("Lists what reads the selected node"), Needs::Joint);
  nextSaved = add("nextSaved", tr("Next &Saved Tensor"), "Ctrl+.",
                  tr("Selects the next tensor that is kept for the backward"), Needs::Partition);
  tableRow = add("tableRow", tr("Node &and its Table Row"), "Ctrl+Shift+T",
                 tr("From the graph to the row of the selected node, and back"), Needs::Joint);
  traceTable =
      add("traceTable", tr("&Trace Table"), "Ctrl+T",
          tr("Forward calls beside their backward calls, by sequence number"), Needs::Joint);
  guards = add("guards", tr("&Guards"), "Ctrl+Shift+G",
               tr("What must hold of the inputs for this graph to be right"), Needs::Joint);
  addBookmark = add("addBookmark", tr("Add Boo&kmark"), "Ctrl+B",
                    tr("Remembers this page and selection"), Needs::Joint);
  removeBookmark = add("removeBookmark", tr("Remove Bookmark…"), "",
                       tr("Forgets one of the bookmarks"), Needs::Joint);
  bookmarks = add("bookmarks", tr("Boo&kmarks…"), "Ctrl+Shift+B",
                  tr("Lists the bookmarks and goes to one"), Needs::Joint);
  for (int i = 0; i < kNumberedBookmarks; ++i) {
    numberedBookmarks[static_cast<std::size_t>(i)] =
        add(qPrintable(QStringLiteral("bookmark%1").arg(i + 1)), tr("Bookmark &%1").arg(i + 1),
            qPrintable(QStringLiteral("Ctrl+Alt+%1").arg(i + 1)),
            tr("Goes to bookmark %1").arg(i + 1), Needs::Joint);
  }
}

void WindowActions::addPartitionActions() {
  const auto partitionAction = [this](const char* id, const QString& text, const char* keys,
                                      const QString& tip) {
    return add(id, text, keys, tip, Needs::Partition);
  };
  pinSaved = partitionAction("pinSaved", tr("Pin as &Saved"), "Ctrl+Alt+S",
                             tr("Always hands the selected value to the backward"));
  pinRecomputed = partitionAction("pinRecomputed", tr("Pin as &Recomputed"), "Ctrl+Alt+R",
                                  tr("Always computes the selected value again in the backward"));
  unpin = partitionAction("unpin", tr("Remove the &Pin"), "Ctrl+Alt+U",
                          tr("Lets the partitioner decide about the selected value"));
  clearPins = partitionAction("clearPins", tr("Remove &All Pins"), "Ctrl+Alt+Backspace",
                              tr("Lets the partitioner decide about every value"));
  lessMemory = add("lessMemory", tr("&Less Memory"), "Ctrl+[",
                   tr("To the next point of the curve with less memory"), Needs::Curve);
  moreMemory = add("moreMemory", tr("&More Memory"), "Ctrl+]",
                   tr("To the next point of the curve with more memory"), Needs::Curve);
  moduleBudget = partitionAction("moduleBudget", tr("&Budget of the Module…"), "Ctrl+Shift+M",
                                 tr("Gives the selected module a budget of its own"));
  memoryChart = partitionAction("memoryChart", tr("Memory &over Program Order"), "Ctrl+Shift+O",
                                tr("How much memory is alive after each node"));
  keepPartition = partitionAction("keepPartition", tr("&Keep for Comparison"), "Ctrl+K",
                                  tr("Remembers this partition, to compare later ones with it"));
  whatMoved = partitionAction("whatMoved", tr("&What Moved"), "Ctrl+Shift+D",
                              tr("The shown partition beside another one"));
}

void WindowActions::addRunActions() {
  makeKernels = add("makeKernels", tr("&Generate Kernels"), "F7",
                    tr("Fuses and writes kernels; runs nothing of the model"), Needs::IdleModel);
  run = add("run", tr("▶ &Run both"), "F9",
            tr("Checks the compiled step against eager, then times both"), Needs::IdleModel);
  profile = add("profile", tr("&Profile"), "Shift+F9",
                tr("Records where the time of a step goes, eager and compiled"), Needs::IdleModel);
  findDifference =
      add("findDifference", tr("Find the First &Difference"), "Ctrl+F9",
          tr("Compares every value of the compiled step with eager's"), Needs::IdleModel);
  tryEager = add("tryEager", tr("&Try Eager Once"), "Ctrl+Shift+F9",
                 tr("Runs one eager step with the inputs that are chosen"), Needs::IdleModel);
  keptRuns = add("keptRuns", tr("&Kept Runs"), "Ctrl+Shift+K",
                 tr("Lists what was measured before, to compare any two"));
  sweep = add("sweep", tr("What I&f…"), "Ctrl+Shift+Y",
              tr("Measures many budgets, sizes, threads or devices as one job"));
  cancel = add("cancel", tr("■ &Cancel"), "Ctrl+Pause; Ctrl+Shift+.",
               tr("Stops the work of the engine"), Needs::Work);
}

void WindowActions::addViewActions() {
  nextPane = add("nextPane", tr("&Next Pane"), "F6", tr("Moves the focus to the next pane"));
  previousPane = add("previousPane", tr("&Previous Pane"), "Shift+F6",
                     tr("Moves the focus to the pane before"));
  graphvizLayout =
      add("graphvizLayout", tr("Graph&viz Layout"), "",
          tr("Lays the shown boxes out by Graphviz, until the next fold"), Needs::Joint);
  resetLayout =
      add("resetLayout", tr("&Reset Window Layout"), "", tr("Puts every dock back to its place"));
  fullScreen = add("fullScreen", tr("F&ull Screen"), "F11", tr("Uses the whole screen"));
  fullScreen->setCheckable(true);
  themeSystem =
      add("themeSystem", tr("Theme of the &Desktop"), "", tr("Light or dark, as the desktop is"));
  themeLight = add("themeLight", tr("&Light Theme"), "", tr("Dark text on light ground"));
  themeDark = add("themeDark", tr("&Dark Theme"), "", tr("Light text on dark ground"));
  auto* themes = new QActionGroup(this);
  for (QAction* theme : {themeSystem, themeLight, themeDark}) {
    theme->setCheckable(true);
    themes->addAction(theme);
  }
}

void WindowActions::addToolActions() {
  palette =
      add("palette", tr("Command &Palette…"), "Ctrl+Shift+P", tr("Finds any action by its name"));
  restartEngine = add("restartEngine", tr("Restart &Engine"), "",
                      tr("Stops the engine and starts a fresh one"));
  shortcuts = add("shortcuts", tr("&Shortcuts"), "F1", tr("Lists every action and its keys"));
  operators = add("operators", tr("&Operator Coverage"), "Shift+F1",
                  tr("Which operators can be traced, and what becomes of each"));
  about = add("about", tr("&About AOT Explorer"), "", tr("Versions and licences"));
}

void WindowActions::addPageActions() {
  for (const PageId page : views::pages::kPages) {
    const QString id = QStringLiteral("page.") + views::pages::pageWord(page);
    const QString keys =
        page == PageId::Start ? QString() : QStringLiteral("Alt+%1").arg(static_cast<int>(page));
    pages[static_cast<std::size_t>(page)] =
        add(qPrintable(id), tr("%1 Page").arg(views::pages::pageTitle(page)), qPrintable(keys),
            tr("Shows the page"), page == PageId::Start ? Needs::Nothing : Needs::Model);
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

/// Why what an action needs is not there; null: it is.
QString WindowActions::missing(Needs needs, const Snapshot& snapshot) const {
  const bool isOpen = !snapshot.modelPath.isEmpty();
  const auto* record = snapshot.record();
  switch (needs) {
    case Needs::Nothing:
    case Needs::OwnState: return {};
    case Needs::Model: return isOpen ? QString() : tr("no model is open");
    case Needs::Record: return record ? QString() : tr("no model is open");
    case Needs::Joint:
      return record && record->joint ? QString() : tr("there is no joint graph yet");
    case Needs::Partition:
      return record && record->partition ? QString() : tr("there is no partition yet");
    case Needs::Curve: return snapshot.study->curve ? QString() : tr("there is no curve yet");
    case Needs::IdleModel:
      if (!isOpen) return tr("no model is open");
      return snapshot.busy ? tr("the engine is working") : QString();
    case Needs::Work: return snapshot.busy ? QString() : tr("nothing is running");
  }
  return {};
}

void WindowActions::setSnapshot(const Snapshot& snapshot) {
  for (qsizetype i = 0; i < m_all.size(); ++i) {
    if (m_needs[i] == Needs::OwnState) continue;
    const QString whyNot = missing(m_needs[i], snapshot);
    enable(m_all[i], whyNot.isNull(), whyNot);
  }
}

void WindowActions::setLastSession(bool exists) {
  enable(openLastSession, exists, tr("no session was left behind"));
}

void WindowActions::setHistory(bool canGoBack, bool canGoForward) {
  enable(back, canGoBack, tr("nothing was shown before"));
  enable(forward, canGoForward, tr("nothing was shown after"));
}

}  // namespace explorer
