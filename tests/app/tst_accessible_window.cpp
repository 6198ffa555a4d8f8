// The window as a screen reader meets it: everything that can be reached or read has a name and a
// role, on every page and in the dialogs.

#include <QAccessible>
#include <QApplication>
#include <QTest>

#include "tests/app/window_fixture.h"
#include "views/graph/graph_view.h"
#include "views/pages/quick_pick.h"

using support::WindowFixture;
using views::pages::PageId;

class TstAccessibleWindow : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyPageIsNamed_data();
  void everyPageIsNamed();
  void dialogsAreNamed();
  void canvasTellsItsSelection();
  void tabLeavesTheCanvas();
};

namespace {

/// Containers that hold named things and are nothing by themselves.
bool isContainer(QAccessible::Role role) {
  static const QList<QAccessible::Role> roles = {
      QAccessible::Client,    QAccessible::Pane,    QAccessible::LayeredPane,
      QAccessible::Splitter,  QAccessible::Grip,    QAccessible::ScrollBar,
      QAccessible::Separator, QAccessible::Border,  QAccessible::PropertyPage,
      QAccessible::Indicator, QAccessible::ToolBar, QAccessible::StaticText,
      QAccessible::Grouping};
  return roles.contains(role);
}

bool isCell(QAccessible::Role role) {
  return role == QAccessible::Cell || role == QAccessible::TreeItem ||
         role == QAccessible::ListItem || role == QAccessible::Row ||
         role == QAccessible::RowHeader || role == QAccessible::ColumnHeader;
}

QString pathOf(QAccessibleInterface* node) {
  QStringList parts;
  for (; node && node->isValid(); node = node->parent()) {
    const QObject* object = node->object();
    parts.prepend(QStringLiteral("%1(%2)")
                      .arg(object ? object->metaObject()->className() : "?")
                      .arg(node->text(QAccessible::Name)));
  }
  return parts.join(QStringLiteral(" > "));
}

/// The button that Qt adds to a tool bar which is too narrow; its menu holds the named actions.
bool isQtsOwn(const QAccessibleInterface& node) {
  return node.object() && node.object()->inherits("QToolBarExtension");
}

/// Walks what is visible; cells of tables are the models' business.
void walk(QAccessibleInterface* node, QStringList& unnamed, int& seen) {
  if (!node || !node->isValid() || node->state().invisible || isCell(node->role())) return;
  if (isQtsOwn(*node)) return;
  ++seen;
  const bool canFocus = node->state().focusable;
  const bool needsName = canFocus || !isContainer(node->role());
  if (node->role() == QAccessible::NoRole) unnamed << pathOf(node) + " has no role";
  if (needsName && node->text(QAccessible::Name).trimmed().isEmpty()) {
    unnamed << QStringLiteral("%1 (role %2)").arg(pathOf(node)).arg(int(node->role()));
  }
  if (node->tableInterface()) return;
  for (int i = 0; i < node->childCount(); ++i) walk(node->child(i), unnamed, seen);
}

QStringList unnamedIn(QWidget* widget, int& seen) {
  QStringList unnamed;
  walk(QAccessible::queryAccessibleInterface(widget), unnamed, seen);
  return unnamed;
}

}  // namespace

void TstAccessibleWindow::everyPageIsNamed_data() {
  QTest::addColumn<int>("page");
  for (const PageId page : views::pages::kPages) {
    QTest::newRow(qPrintable(views::pages::pageWord(page))) << static_cast<int>(page);
  }
}

void TstAccessibleWindow::everyPageIsNamed() {
  QFETCH(int, page);
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  fixture.window.showPage(static_cast<PageId>(page));
  int seen = 0;
  const QStringList unnamed = unnamedIn(&fixture.window, seen);
  QVERIFY2(unnamed.isEmpty(), qPrintable("\n" + unnamed.join('\n')));
  QVERIFY(seen > 40);
}

void TstAccessibleWindow::dialogsAreNamed() {
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  fixture.window.actions()->preferences->trigger();
  fixture.window.actions()->palette->trigger();
  int dialogs = 0;
  const QWidgetList widgets = QApplication::topLevelWidgets();
  for (QWidget* widget : widgets) {
    if (!qobject_cast<QDialog*>(widget) || !widget->isVisible()) continue;
    ++dialogs;
    int seen = 0;
    const QStringList unnamed = unnamedIn(widget, seen);
    QVERIFY2(unnamed.isEmpty(), qPrintable("\n" + unnamed.join('\n')));
  }
  QCOMPARE(dialogs, 2);
}

void TstAccessibleWindow::canvasTellsItsSelection() {
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  fixture.window.hub()->selectNode(views::shared::GraphKind::Joint, "relu");
  auto* graph = fixture.window.shownGraph();
  QVERIFY(graph);
  auto* canvas = QAccessible::queryAccessibleInterface(graph->canvas());
  QCOMPARE(canvas->role(), QAccessible::Canvas);
  QVERIFY2(canvas->text(QAccessible::Name).contains("relu"),
           qPrintable(canvas->text(QAccessible::Name)));
}

void TstAccessibleWindow::tabLeavesTheCanvas() {
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  auto* canvas = fixture.window.shownGraph()->canvas();
  canvas->setFocus();
  QTest::keyClick(canvas, Qt::Key_Tab);
  QVERIFY(!canvas->hasFocus());
  canvas->setFocus();
  QTest::keyClick(canvas, Qt::Key_Backtab, Qt::ShiftModifier);
  QVERIFY(!canvas->hasFocus());
}

QTEST_MAIN(TstAccessibleWindow)
#include "tst_accessible_window.moc"
