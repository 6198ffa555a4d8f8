// The view around the canvas: layouts, folding, search, actions.

#include <QAction>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/watched_application.h"
#include "tests/views/graph/graph_models.h"
#include "views/graph/graph_view.h"

using namespace views::graph;
using namespace views::shared;

class TestGraphView : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() {
    m_hub = std::make_unique<SelectionHub>();
    m_view = std::make_unique<GraphView>(m_hub.get(), GraphKind::Joint);
    m_view->resize(1000, 700);
    m_view->show();
    m_model = support::blockChain(5);
  }

  void cleanup() {
    m_view.reset();
    m_hub.reset();
  }

  void showsASnapshotWithoutBlocking() {
    QVERIFY(!m_view->canvas()->scene());
    QSignalSpy shown(m_view.get(), &GraphView::shown);
    m_view->setSnapshot(m_model.joint, m_model.partition);
    QVERIFY(m_view->isLayoutRunning());
    QVERIFY(shown.wait());
    QVERIFY(!m_view->isLayoutRunning());
    QVERIFY(m_view->canvas()->scene());
  }

  void lateLayoutsAreDropped() {
    QSignalSpy shown(m_view.get(), &GraphView::shown);
    for (int i = 0; i < 5; ++i) m_view->setSnapshot(m_model.joint, m_model.partition);
    const auto other = support::blockChain(2);
    m_view->setSnapshot(other.joint, other.partition);
    QVERIFY(shown.wait());
    QTest::qWait(50);
    QCOMPARE(shown.size(), 1);
    QVERIFY(m_view->canvas()->scene()->geometry().boxesOf("sigmoid_9").empty());
  }

  void aMessageStopsTheLayout() {
    QSignalSpy shown(m_view.get(), &GraphView::shown);
    m_view->setSnapshot(m_model.joint, m_model.partition);
    m_view->showMessage("The trace failed.");
    QTest::qWait(100);
    QCOMPARE(shown.size(), 0);
    QVERIFY(!m_view->canvas()->scene());
  }

  void aViewMayBeDestroyedWhileALayoutRuns() {
    m_view->setSnapshot(m_model.joint, m_model.partition);
    m_view.reset();
    QTest::qWait(50);
    QVERIFY(!m_view);
  }

  void aHalfWithoutAPartitionSaysWhatIsMissing() {
    GraphView forward(m_hub.get(), GraphKind::Forward);
    QSignalSpy shown(&forward, &GraphView::shown);
    forward.setSnapshot(m_model.joint, nullptr);
    QTRY_VERIFY(forward.canvas()->accessibleDescription().contains("not partitioned"));
    QCOMPARE(shown.size(), 0);
    forward.setSnapshot(m_model.joint, m_model.partition);
    QVERIFY(shown.wait());
  }

  void modulesFoldAndUnfold() {
    showModel();
    run("Collapse All");
    QCOMPARE(boxCount(core::layout::BoxKind::Module), 2);  // five equal blocks in two lanes
    toggle("block[0-4]");
    QCOMPARE(boxCount(core::layout::BoxKind::Module), 10);
    toggle("block3");
    QCOMPARE(boxCount(core::layout::BoxKind::Module), 8);
    run("Expand All");
    QCOMPARE(boxCount(core::layout::BoxKind::Module), 0);
    QCOMPARE(boxCount(core::layout::BoxKind::Frame), 12);
  }

  void equalModulesFoldTogether() {
    showModel();
    run("Collapse All");
    toggle("block[0-4]");
    m_hub->selectModule(GraphKind::Joint, "block3");
    run("Expand or Collapse All Alike");
    QCOMPARE(boxCount(core::layout::BoxKind::Frame), 12);
    run("Expand or Collapse All Alike");
    QCOMPARE(boxCount(core::layout::BoxKind::Module), 10);
  }

  void anotherPartitionKeepsTheFolding() {
    showModel();
    run("Collapse All");
    m_view->setSnapshot(m_model.joint, nullptr);
    waitForLayout();
    QCOMPARE(boxCount(core::layout::BoxKind::Module), 2);
  }

  void revealOpensTheModulesAroundTheSelection() {
    showModel();
    run("Collapse All");
    m_hub->selectNode(GraphKind::Joint, "sigmoid_4");
    run("Reveal Selection");
    QCOMPARE(boxCount(core::layout::BoxKind::Module), 8);
    const auto& geometry = m_view->canvas()->scene()->geometry();
    QCOMPARE(geometry.boxes[geometry.boxesOf("sigmoid_4").front()].kind, core::layout::BoxKind::Op);
  }

  void theFilterCountsMarksAndKeepsTheLastGoodResult() {
    showModel();
    m_hub->setFilter("op:sigmoid part:fwd");
    QCOMPARE(m_view->filterSummary(), QString("10 of 22"));
    QCOMPARE(m_view->canvas()->foundBoxes().size(), 10u);
    m_hub->setFilter("op:sigmoid (");
    QVERIFY(m_view->filterSummary().startsWith("Column"));
    QCOMPARE(m_view->canvas()->foundBoxes().size(), 10u);
    m_hub->setFilter("");
    QVERIFY(m_view->filterSummary().isEmpty());
    QVERIFY(m_view->canvas()->foundBoxes().empty());
  }

  void everyActionHasTextAndHelp() {
    QVERIFY(m_view->viewActions().size() >= 15);
    QStringList shortcuts;
    for (const QAction* action : m_view->viewActions()) {
      QVERIFY(!action->text().isEmpty());
      QVERIFY(!action->toolTip().isEmpty());
      if (!action->shortcut().isEmpty()) shortcuts << action->shortcut().toString();
    }
    QCOMPARE(shortcuts.removeDuplicates(), 0);
  }

  void everyWidgetThatTakesFocusHasAName() {
    showModel();
    for (const QWidget* widget : m_view->findChildren<QWidget*>()) {
      const bool isOurs = widget->focusPolicy() != Qt::NoFocus && widget->isVisible();
      if (!isOurs || widget->objectName().startsWith("qt_")) continue;
      QVERIFY2(!widget->accessibleName().isEmpty() || widget->inherits("QToolButton"),
               widget->metaObject()->className());
    }
  }

 private:
  void waitForLayout() { QTRY_VERIFY(!m_view->isLayoutRunning()); }
  void showModel() {
    m_view->setSnapshot(m_model.joint, m_model.partition);
    waitForLayout();
  }
  void run(const char* action) {
    for (QAction* it : m_view->viewActions())
      if (it->text() == action) it->trigger();
    waitForLayout();
  }
  void toggle(const char* module) {
    Q_EMIT m_view->canvas()->toggleRequested(module);
    waitForLayout();
  }
  int boxCount(core::layout::BoxKind kind) {
    const auto& boxes = m_view->canvas()->scene()->geometry().boxes;
    return static_cast<int>(std::count_if(boxes.begin(), boxes.end(),
                                          [kind](const auto& box) { return box.kind == kind; }));
  }

  std::unique_ptr<SelectionHub> m_hub;
  std::unique_ptr<GraphView> m_view;
  support::GraphModel m_model;
};

WATCHED_TEST_MAIN(TestGraphView)
#include "tst_graph_view.moc"
