// Boxes on the way from one picture to the next.

#include <QImage>
#include <QTest>

#include "tests/support/watched_application.h"
#include "tests/views/graph/graph_models.h"
#include "views/graph/glide.h"
#include "views/graph/graph_canvas.h"
#include "views/look/theme.h"

using namespace views::graph;
using core::layout::BoxKind;

class TestGlide : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    m_open = std::make_shared<GraphScene>(support::geometryOf(support::blockChain(2), true));
    m_closed = std::make_shared<GraphScene>(support::geometryOf(support::blockChain(2), false));
    m_viewport.setSize({2000, 2000});
    m_viewport.setBounds(m_open->bounds());
    m_viewport.fit(m_open->bounds());
  }

  void whatAModuleHoldsComesOutOfItsBox() {
    const Glide glide(*m_closed, m_viewport, *m_open, m_viewport);
    const auto module = m_closed->geometry().boxesOfModule("block0").front();
    const QRectF box = onDevice(*m_closed, module);
    const auto inside = m_open->geometry().boxesOf("sigmoid_0").front();
    bool isThere = false;
    for (const GlidingBox& gliding : glide.boxes())
      isThere |= gliding.from == box && gliding.to == onDevice(*m_open, inside);
    QVERIFY(isThere);
  }

  void whatAModuleHoldsGoesIntoItsBox() {
    const Glide glide(*m_open, m_viewport, *m_closed, m_viewport);
    const auto inside = m_open->geometry().boxesOf("sigmoid_0").front();
    const auto module = m_closed->geometry().boxesOfModule("block0").front();
    bool isThere = false;
    for (const GlidingBox& gliding : glide.boxes()) {
      if (gliding.from != onDevice(*m_open, inside) || gliding.opacityTo > 0) continue;
      isThere = gliding.to == onDevice(*m_closed, module);
    }
    QVERIFY(isThere);
  }

  void framesLieBelowBoxes() {
    const Glide glide(*m_closed, m_viewport, *m_open, m_viewport);
    bool hasBox = false;
    for (const GlidingBox& gliding : glide.boxes()) {
      QVERIFY(gliding.kind != BoxKind::Frame || !hasBox);
      hasBox |= gliding.kind != BoxKind::Frame;
    }
    QVERIFY(hasBox);
  }

  void aBoxHalfWayIsPaintedHalfWay() {
    const Glide glide(*m_closed, m_viewport, *m_closed, moved(200));
    const auto module = m_closed->geometry().boxesOfModule("block0").front();
    QImage image(2000, 2000, QImage::Format_RGB32);
    image.fill(Qt::black);
    QPainter painter(&image);
    glide.paint(painter, GraphPalette::light(), 0.5);
    painter.end();
    const QRectF half = onDevice(*m_closed, module).translated(100, 0);
    QVERIFY(image.pixelColor(half.adjusted(3, 3, 0, 0).topLeft().toPoint()) != QColor(Qt::black));
    QCOMPARE(image.pixelColor(half.translated(-3, 3).topLeft().toPoint()), QColor(Qt::black));
  }

  void aPersonMaySwitchItOff() {
    QVERIFY(framesDifferAfterOpening(true));
    QVERIFY(!framesDifferAfterOpening(false));
  }

 private:
  QRectF onDevice(const GraphScene& scene, int box) const {
    const QRectF rect = toRectF(scene.geometry().boxes[box].rect);
    return {m_viewport.toDevice(rect.topLeft()), rect.size() * m_viewport.scale()};
  }

  Viewport moved(double right) const {
    Viewport viewport = m_viewport;
    viewport.panBy({right, 0});
    return viewport;
  }

  /// Whether the frame right after modules open is another one than that of a while later.
  bool framesDifferAfterOpening(bool isAnimated) const {
    views::look::setAnimationsWanted(isAnimated);
    views::shared::SelectionHub hub;
    GraphCanvas canvas(&hub, views::shared::GraphKind::Joint);
    canvas.resize(800, 600);
    canvas.QWidget::show();
    // The frame of the focus is no part of the way.
    (void)QTest::qWaitForWindowActive(&canvas);
    canvas.show(m_closed);
    canvas.show(m_open, QStringLiteral("block0"));
    const QImage first = canvas.grab().toImage();
    QTest::qWait(400);
    views::look::setAnimationsWanted(true);
    return first != canvas.grab().toImage();
  }

  GraphScenePtr m_open;
  GraphScenePtr m_closed;
  Viewport m_viewport;
};

WATCHED_TEST_MAIN(TestGlide)
#include "tst_glide.moc"
