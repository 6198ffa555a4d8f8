// Panning and zooming.

#include <QTest>

#include "views/graph/viewport.h"

using views::graph::Viewport;

namespace {

Viewport viewport() {
  Viewport made;
  made.setSize({800, 600});
  made.setBounds({0, 0, 2000, 10000});
  made.centerOn({1000, 5000});
  return made;
}

bool isNear(QPointF a, QPointF b) {
  return (a - b).manhattanLength() < 1e-6;
}

}  // namespace

class TestViewport : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void zoomKeepsThePointUnderTheCursor() {
    Viewport view = viewport();
    const QPointF cursor(130, 420);
    const QPointF before = view.toScene(cursor);
    view.zoomAt(cursor, 1.7);
    QVERIFY(isNear(view.toScene(cursor), before));
    view.zoomAt(cursor, 0.2);
    QVERIFY(isNear(view.toScene(cursor), before));
  }

  void zoomHasBounds() {
    Viewport view = viewport();
    for (int i = 0; i < 100; ++i) view.zoomAt({400, 300}, 2);
    QCOMPARE(view.scale(), Viewport::kLargestScale);
    for (int i = 0; i < 100; ++i) view.zoomAt({400, 300}, 0.5);
    QCOMPARE(view.scale(), Viewport::kSmallestScale);
  }

  void fitShowsEverythingAndDoesNotEnlarge() {
    Viewport view = viewport();
    view.fit({0, 0, 2000, 10000}, 30);
    QVERIFY(view.visible().contains(QRectF(0, 0, 2000, 10000)));
    QVERIFY(view.toDevice({0, 0}).y() >= 30);
    view.fit({100, 100, 20, 20});
    QCOMPARE(view.scale(), 1.0);
    QVERIFY(isNear(view.visible().center(), {110, 110}));
  }

  void panningNeverLosesTheDrawing() {
    Viewport view = viewport();
    view.panBy({1e7, -1e7});
    QVERIFY(view.visible().intersects(QRectF(0, 0, 2000, 10000)));
    view.panBy({-2e7, 2e7});
    QVERIFY(view.visible().intersects(QRectF(0, 0, 2000, 10000)));
  }

  void whatIsVisibleDoesNotMove() {
    Viewport view = viewport();
    const QRectF before = view.visible();
    view.ensureVisible({1000, 5000, 50, 50});
    QCOMPARE(view.visible(), before);
    view.ensureVisible({1000, 9000, 50, 50});
    QVERIFY(view.visible().contains(QRectF(1000, 9000, 50, 50)));
    QCOMPARE(view.visible().left(), before.left());
  }

  void aPointIsShownBelowWhatCoversTheTop() {
    Viewport view = viewport();
    view.showBelow({700, 20}, 0.8, 50);
    QCOMPARE(view.scale(), 0.8);
    QVERIFY(isNear(view.toDevice({700, 20}), {400, 50}));
  }
};

QTEST_APPLESS_MAIN(TestViewport)
#include "tst_viewport.moc"
