// Every action of the window: reachable by keyboard, in the palette, with a text, a tip and keys of
// its own, which a person can change.

#include <QAbstractItemView>
#include <QApplication>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QMenuBar>
#include <QTest>

#include "app/explorer/settings/preferences_dialog.h"
#include "tests/app/window_fixture.h"
#include "views/graph/graph_view.h"
#include "views/pages/data_table.h"
#include "views/pages/quick_pick.h"

using explorer::ActionKeys;
using explorer::PreferencesDialog;
using support::WindowFixture;
using views::pages::PageId;
using views::pages::QuickPick;

class TstWindowCommands : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyActionIsNamedOnceAndHasATextAndATip();
  void everyActionIsReachableByKeyboard();
  void everyActionIsInThePalette();
  void noTwoActionsShareAKey();
  void recentCommandsComeFirst();
  void disabledCommandsSayWhyInThePalette();
  void chosenKeysHoldAndSurvive();
  void takenKeysAreRefusedWithTheirOwner();
  void keysOfGraphActionsHoldInEveryGraph();
  void goToNodeListsNodesAndSelects();
  void neighboursCanBeListed();
  void backAndForwardWalkPagesSelectionsAndFolds();
  void bookmarksGoBackToTheirPlace();
  void savedSearchesComeBack();
  void filterModesReachTablesAndGraph();
};

namespace {

QuickPick* openPick() {
  for (QWidget* widget : QApplication::topLevelWidgets()) {
    auto* pick = qobject_cast<QuickPick*>(widget);
    if (pick && pick->isVisible()) return pick;
  }
  return nullptr;
}

void pick(const QString& typed) {
  QuickPick* list = openPick();
  QVERIFY(list);
  list->setTyped(typed);
  QTest::keyClick(list->findChild<QLineEdit*>(), Qt::Key_Return);
}

void collect(const QMenu* menu, QSet<QString>& names) {
  Q_EMIT const_cast<QMenu*>(menu)->aboutToShow();
  const QList<QAction*> actions = menu->actions();
  for (const QAction* action : actions) {
    if (action->menu()) collect(action->menu(), names);
    names << action->objectName();
  }
}

}  // namespace

void TstWindowCommands::everyActionIsNamedOnceAndHasATextAndATip() {
  WindowFixture fixture;
  const QList<QAction*>& actions = fixture.window.commands()->keys().actions();
  QVERIFY(actions.size() > 80);
  QSet<QString> names;
  for (const QAction* action : actions) {
    QVERIFY2(!action->objectName().isEmpty(), qPrintable(action->text()));
    QVERIFY2(!names.contains(action->objectName()), qPrintable(action->objectName()));
    names << action->objectName();
    QVERIFY2(!explorer::actionText(*action).isEmpty(), qPrintable(action->objectName()));
    QVERIFY2(!action->property("tip").toString().isEmpty(), qPrintable(action->objectName()));
  }
}

void TstWindowCommands::everyActionIsReachableByKeyboard() {
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  QSet<QString> inMenus;
  const QList<QAction*> menus = fixture.window.menuBar()->actions();
  for (const QAction* menu : menus) {
    QVERIFY2(menu->text().contains('&'), qPrintable(menu->text()));
    collect(menu->menu(), inMenus);
  }
  for (const QAction* action : fixture.window.commands()->keys().actions()) {
    QVERIFY2(inMenus.contains(action->objectName()), qPrintable(action->objectName()));
  }
}

void TstWindowCommands::everyActionIsInThePalette() {
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  fixture.window.actions()->palette->trigger();
  QuickPick* palette = openPick();
  QVERIFY(palette);
  for (const QAction* action : fixture.window.commands()->keys().actions()) {
    if (action == fixture.window.actions()->palette) continue;
    palette->setTyped(explorer::actionText(*action));
    QVERIFY2(!palette->shownKeys().isEmpty(), qPrintable(action->objectName()));
  }
}

void TstWindowCommands::noTwoActionsShareAKey() {
  WindowFixture fixture;
  ActionKeys& keys = fixture.window.commands()->keys();
  int withKeys = 0;
  for (const QAction* action : keys.actions()) {
    for (const QKeySequence& key : action->shortcuts()) {
      ++withKeys;
      const QAction* owner = keys.ownerOf(key, action->objectName());
      QVERIFY2(!owner, qPrintable(key.toString() + ": " + action->objectName() + " and " +
                                  (owner ? owner->objectName() : QString())));
    }
  }
  QVERIFY(withKeys > 60);
}

void TstWindowCommands::recentCommandsComeFirst() {
  auto folder = std::make_shared<QTemporaryDir>();
  {
    WindowFixture fixture(folder);
    fixture.window.actions()->palette->trigger();
    pick("full screen");
    QVERIFY(fixture.window.isFullScreen());
  }
  WindowFixture later(folder);
  later.window.actions()->palette->trigger();
  const QuickPick* palette = openPick();
  QVERIFY(palette);
  const auto* first = palette->findChild<QAbstractItemView*>();
  QCOMPARE(first->model()->index(0, 0).data().toString(), QString("Full Screen"));
}

void TstWindowCommands::disabledCommandsSayWhyInThePalette() {
  WindowFixture fixture;
  fixture.window.actions()->palette->trigger();
  QuickPick* palette = openPick();
  QVERIFY(palette);
  palette->setTyped("Generate Kernels");
  QTest::keyClick(palette->findChild<QLineEdit*>(), Qt::Key_Return);
  QVERIFY(palette->isVisible());
  QVERIFY2(palette->stateText().contains("no model is open"), qPrintable(palette->stateText()));
}

void TstWindowCommands::chosenKeysHoldAndSurvive() {
  auto folder = std::make_shared<QTemporaryDir>();
  {
    WindowFixture fixture(folder);
    PreferencesDialog dialog(
        explorer::Settings(folder->filePath("settings.ini"), folder->filePath("state.ini")),
        &fixture.window.commands()->keys(), &fixture.window);
    dialog.editKeys("about");
    dialog.findChild<QKeySequenceEdit*>()->setKeySequence(QKeySequence("Ctrl+Alt+A"));
    Q_EMIT dialog.findChild<QKeySequenceEdit*>()->editingFinished();
    QCOMPARE(fixture.window.actions()->about->shortcut(), QKeySequence("Ctrl+Alt+A"));
  }
  WindowFixture later(folder);
  QCOMPARE(later.window.actions()->about->shortcut(), QKeySequence("Ctrl+Alt+A"));
  ActionKeys& keys = later.window.commands()->keys();
  QVERIFY(keys.isChanged("about"));
  keys.resetAll();
  QVERIFY(later.window.actions()->about->shortcut().isEmpty());
  QVERIFY(!keys.isChanged("about"));
}

void TstWindowCommands::takenKeysAreRefusedWithTheirOwner() {
  WindowFixture fixture;
  PreferencesDialog dialog(explorer::Settings(fixture.folder->filePath("settings.ini"),
                                              fixture.folder->filePath("state.ini")),
                           &fixture.window.commands()->keys(), &fixture.window);
  dialog.editKeys("about");
  dialog.findChild<QKeySequenceEdit*>()->setKeySequence(QKeySequence("F9"));
  Q_EMIT dialog.findChild<QKeySequenceEdit*>()->editingFinished();
  QVERIFY(fixture.window.actions()->about->shortcut().isEmpty());
  QVERIFY2(dialog.keysRemark().contains("Run both"), qPrintable(dialog.keysRemark()));
}

void TstWindowCommands::keysOfGraphActionsHoldInEveryGraph() {
  WindowFixture fixture;
  fixture.window.commands()->keys().choose("graph.Fit", {QKeySequence("Ctrl+Alt+F")});
  int seen = 0;
  const auto graphs = fixture.window.findChildren<views::graph::GraphView*>();
  for (const auto* graph : graphs) {
    for (const QAction* action : graph->viewActions()) {
      if (action->objectName() != "graph.Fit") continue;
      ++seen;
      QCOMPARE(action->shortcut(), QKeySequence("Ctrl+Alt+F"));
      QVERIFY(action->toolTip().contains("Ctrl+Alt+F"));
    }
  }
  QCOMPARE(seen, int(graphs.size()));
}

void TstWindowCommands::goToNodeListsNodesAndSelects() {
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  fixture.window.actions()->goToNode->trigger();
  pick("threshold");
  QCOMPARE(fixture.window.hub()->selection().primary(), QString("threshold_backward"));
}

void TstWindowCommands::neighboursCanBeListed() {
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  fixture.window.hub()->selectNode(views::shared::GraphKind::Joint, "relu");
  fixture.window.actions()->allConsumers->trigger();
  const QuickPick* list = openPick();
  QVERIFY(list);
  const auto* joint = fixture.controller.snapshot()->index->joint();
  QCOMPARE(list->shownKeys().size(), qsizetype(joint->users(*joint->find("relu")).size()));
  pick(list->shownKeys().last());
  QVERIFY(fixture.window.hub()->selection().primary() != "relu");
}

void TstWindowCommands::backAndForwardWalkPagesSelectionsAndFolds() {
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  auto* actions = fixture.window.actions();
  fixture.window.hub()->selectNode(views::shared::GraphKind::Joint, "relu");
  fixture.window.showPage(PageId::Kernels);
  fixture.window.hub()->selectNode(views::shared::GraphKind::Joint, "mm");
  actions->back->trigger();
  QCOMPARE(fixture.window.currentPage(), PageId::Kernels);
  QCOMPARE(fixture.window.hub()->selection().primary(), QString("relu"));
  actions->back->trigger();
  QCOMPARE(fixture.window.currentPage(), PageId::Joint);
  actions->forward->trigger();
  actions->forward->trigger();
  QCOMPARE(fixture.window.hub()->selection().primary(), QString("mm"));
  QVERIFY(!actions->forward->isEnabled());
  QVERIFY2(actions->forward->statusTip().contains("nothing was shown after"),
           qPrintable(actions->forward->statusTip()));
}

void TstWindowCommands::bookmarksGoBackToTheirPlace() {
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  auto* actions = fixture.window.actions();
  fixture.window.hub()->selectNode(views::shared::GraphKind::Joint, "relu");
  actions->addBookmark->trigger();
  actions->addBookmark->trigger();
  QCOMPARE(fixture.window.navigator()->bookmarks().size(), qsizetype(1));
  fixture.window.showPage(PageId::Compare);
  fixture.window.hub()->selectNode(views::shared::GraphKind::Joint, "mm");
  actions->numberedBookmarks[0]->trigger();
  QCOMPARE(fixture.window.currentPage(), PageId::Joint);
  QCOMPARE(fixture.window.hub()->selection().primary(), QString("relu"));
  actions->removeBookmark->trigger();
  pick("relu");
  QVERIFY(fixture.window.navigator()->bookmarks().isEmpty());
}

void TstWindowCommands::savedSearchesComeBack() {
  auto folder = std::make_shared<QTemporaryDir>();
  explorer::Settings settings(folder->filePath("settings.ini"), folder->filePath("state.ini"));
  settings.setSavedFilters({{"big; ones", "bytes:>1 -op:view"}, {"[relu]", "op:relu"}});
  WindowFixture fixture(folder);
  QVERIFY(fixture.open("done"));
  fixture.window.actions()->savedFilters->trigger();
  pick("big");
  QCOMPARE(fixture.window.hub()->filter(), QString("bytes:>1 -op:view"));
  fixture.window.actions()->forgetFilter->trigger();
  pick("relu");
  QCOMPARE(settings.savedFilters().keys(), QStringList{"big; ones"});
}

void TstWindowCommands::filterModesReachTablesAndGraph() {
  using views::graph::Others;
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  auto* graph = fixture.window.shownGraph();
  auto* table = fixture.window.findChildren<views::pages::DataTable*>().value(0);
  for (auto* candidate : fixture.window.findChildren<views::pages::DataTable*>()) {
    if (candidate->isVisible() && candidate->accessibleName().contains("Nodes")) table = candidate;
  }
  const int all = table->shownRows();
  // A row that stands for no node is shown whatever the search finds.
  fixture.window.hub()->setFilter("name:nothing-is-called-so");
  const int always = table->shownRows();
  fixture.window.hub()->setFilter("op:relu");
  const int found = table->shownRows();
  QVERIFY(found > always && found < all);
  const auto boxes = graph->canvas()->foundBoxes();
  QVERIFY(!boxes.empty());
  fixture.window.actions()->filterModes[2]->trigger();
  QCOMPARE(table->shownRows(), all - found + always);
  QVERIFY(graph->canvas()->foundBoxes() != boxes);
  fixture.window.actions()->filterModes[3]->trigger();
  QCOMPARE(table->shownRows(), found);
  QVERIFY(graph->canvas()->foundBoxes() == boxes);
}

QTEST_MAIN(TstWindowCommands)
#include "tst_window_commands.moc"
