// One selection for all views.

#include <QSignalSpy>
#include <QTest>

#include "views/shared/selection_hub.h"

using namespace views::shared;

class TestSelectionHub : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void announcesChangesAndDropsRepetitions() {
    SelectionHub hub;
    QSignalSpy changes(&hub, &SelectionHub::selectionChanged);
    hub.selectNode(GraphKind::Joint, "relu");
    hub.selectNode(GraphKind::Joint, "relu");
    QCOMPARE(changes.size(), 1);
    hub.selectNode(GraphKind::Backward, "relu");
    QCOMPARE(changes.size(), 2);
    QCOMPARE(hub.selection().primary(), QString("relu"));
    hub.clear();
    hub.clear();
    QCOMPARE(changes.size(), 3);
    QVERIFY(hub.selection().isEmpty());
  }

  void aViewMayAnswerAnAnnouncement() {
    SelectionHub hub;
    int heard = 0;
    connect(&hub, &SelectionHub::selectionChanged, &hub, [&](const Selection& selection) {
      ++heard;
      hub.select(selection);
    });
    hub.selectModule(GraphKind::Joint, "layer1");
    QCOMPARE(heard, 1);
  }

  void historyWalksBackAndForward() {
    SelectionHub hub;
    QVERIFY(!hub.canGoBack());
    for (const char* name : {"a", "b", "c"}) hub.selectNode(GraphKind::Joint, name);
    hub.goBack();
    hub.goBack();
    QCOMPARE(hub.selection().primary(), QString("a"));
    QVERIFY(!hub.canGoBack());
    hub.goForward();
    QCOMPARE(hub.selection().primary(), QString("b"));
    hub.selectNode(GraphKind::Joint, "d");
    QVERIFY(!hub.canGoForward());
    hub.goBack();
    QCOMPARE(hub.selection().primary(), QString("b"));
  }

  void longHistoriesForgetTheirBeginning() {
    SelectionHub hub;
    for (int i = 0; i < 500; ++i) hub.selectNode(GraphKind::Joint, QString::number(i));
    int steps = 0;
    while (hub.canGoBack()) {
      hub.goBack();
      ++steps;
    }
    QCOMPARE(steps, 199);
    QCOMPARE(hub.selection().primary(), QString("300"));
  }

  void filterTextIsSharedToo() {
    SelectionHub hub;
    QSignalSpy changes(&hub, &SelectionHub::filterChanged);
    hub.setFilter("saved:yes");
    hub.setFilter("saved:yes");
    QCOMPARE(changes.size(), 1);
    hub.selectNode(GraphKind::Joint, "a");
    hub.reset();
    QVERIFY(hub.filter().isEmpty() && hub.selection().isEmpty() && !hub.canGoBack());
  }
};

QTEST_APPLESS_MAIN(TestSelectionHub)
#include "tst_selection_hub.moc"
