// What the headings above the lanes say.

#include <QTest>

#include "views/graph/graph_headings.h"

using namespace core::layout;
using views::graph::laneTitle;

class TestGraphHeadings : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aHalfAloneIsNamed() {
    QCOMPARE(laneTitle(Picture::Forward, Lane::Forward), QString("FORWARD ↓"));
    QCOMPARE(laneTitle(Picture::Backward, Lane::Forward), QString("BACKWARD ↓"));
  }

  void lanesSideBySideAreNamed() {
    QCOMPARE(laneTitle(Picture::Mirrored, Lane::Forward), QString("FORWARD ↓"));
    QCOMPARE(laneTitle(Picture::Mirrored, Lane::Recomputed), QString("RECOMPUTED ↓"));
    QCOMPARE(laneTitle(Picture::Mirrored, Lane::Backward), QString("BACKWARD ↑"));
  }
};

QTEST_APPLESS_MAIN(TestGraphHeadings)
#include "tst_graph_headings.moc"
