// The small picture of the whole graph: where it stands, and when it is pale.

#include <QTest>

#include "views/graph/graph_canvas.h"
#include "views/graph/minimap.h"

using namespace core::layout;
using namespace views::graph;
using namespace views::shared;

namespace {

/// A tall graph with one column of boxes in the middle; one more box at each of `extra`.
GraphScenePtr sceneWith(const std::vector<Rect>& extra) {
  auto geometry = std::make_shared<GraphGeometry>();
  geometry->picture = Picture::Forward;
  geometry->bounds = {-700, -40, 1400, 4000};
  std::vector<Rect> rects = extra;
  for (int row = 0; row < 40; ++row) rects.push_back({-80, 100 * row, 160, 40});
  for (const Rect& rect : rects) {
    Box box;
    box.rect = rect;
    geometry->boxes.push_back(box);
  }
  geometry->finish();
  return std::make_shared<GraphScene>(geometry);
}

}  // namespace

class TestMinimap : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() {
    m_canvas = std::make_unique<GraphCanvas>(&m_hub, GraphKind::Forward);
    m_minimap = new Minimap(m_canvas.get());
    m_canvas->resize(900, 700);
    m_canvas->QWidget::show();
  }

  void itStandsInTheLowerRightWhereThatIsFree() {
    m_canvas->show(sceneWith({}));
    QVERIFY(m_minimap->isVisible());
    QVERIFY(m_minimap->geometry().left() > 700);
    QVERIFY(m_minimap->geometry().bottom() > 600);
  }

  void itMakesWayForBoxes() {
    m_canvas->show(sceneWith({{200, 300, 480, 350}}));
    QVERIFY(m_minimap->geometry().left() > 700);
    QVERIFY(m_minimap->geometry().top() < 100);
    m_canvas->show(sceneWith({{200, 0, 480, 650}}));
    QVERIFY(m_minimap->geometry().left() < 100);
  }

  void itStaysWhileTheGraphMoves() {
    m_canvas->show(sceneWith({}));
    const QPoint place = m_minimap->pos();
    m_canvas->centerOn({-350, 1000});
    QCOMPARE(m_minimap->pos(), place);
  }

  void itIsPaleOverBoxes() {
    m_canvas->show(sceneWith({}));
    const QRgb free = frameColor();
    m_canvas->centerOn({-370, 1500});
    QVERIFY(frameColor() != free);
    m_canvas->centerOn({0, 1500});
    QCOMPARE(frameColor(), free);
  }

 private:
  /// Of its border, which has one colour unless something shows through.
  QRgb frameColor() {
    QImage image(m_minimap->size(), QImage::Format_RGB32);
    image.fill(Qt::red);
    m_minimap->render(&image, {}, {}, QWidget::DrawChildren);
    return image.pixel(0, 0);
  }

  SelectionHub m_hub;
  std::unique_ptr<GraphCanvas> m_canvas;
  Minimap* m_minimap = nullptr;
};

QTEST_MAIN(TestMinimap)
#include "tst_minimap.moc"
