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

  void filterTextIsSharedToo() {
    SelectionHub hub;
    QSignalSpy changes(&hub, &SelectionHub::filterChanged);
    hub.setFilter("saved:yes");
    hub.setFilter("saved:yes");
    QCOMPARE(changes.size(), 1);
    hub.selectNode(GraphKind::Joint, "a");
    hub.reset();
    QVERIFY(hub.filter().isEmpty() && hub.selection().isEmpty());
  }
};

QTEST_APPLESS_MAIN(TestSelectionHub)
#include "tst_selection_hub.moc"
