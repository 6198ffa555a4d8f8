// The small picture of the whole graph: when it is there, what it shows, and that it covers
// nothing.

#include <QHBoxLayout>
#include <QTest>

#include "tests/support/watched_application.h"
#include "views/graph/far_picture.h"
#include "views/graph/graph_canvas.h"
#include "views/graph/minimap.h"

using namespace core::layout;
using namespace views::graph;
using namespace views::shared;

namespace {

/// One column of `rows` boxes, 100 units apart.
GraphScenePtr column(int rows) {
  auto geometry = std::make_shared<GraphGeometry>();
  geometry->picture = Picture::Forward;
  geometry->bounds = {-100, -40, 200, 100 * rows};
  geometry->lanes.push_back({Lane::Forward, -100, 100, rows});
  for (int row = 0; row < rows; ++row) {
    Box box;
    box.rect = {-80, 100 * row, 160, 40};
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
    m_window = std::make_unique<QWidget>();
    m_canvas = new GraphCanvas(&m_hub, GraphKind::Forward, m_window.get());
    m_minimap = new Minimap(m_canvas, m_window.get());
    auto* layout = new QHBoxLayout(m_window.get());
    layout->addWidget(m_canvas, 1);
    layout->addWidget(m_minimap);
    m_window->resize(900, 700);
    m_window->show();
  }

  void itStandsBesideAGraphThatIsLargerThanTheCanvas() {
    m_canvas->show(column(40));
    QVERIFY(m_minimap->isVisible());
    QTRY_VERIFY(m_canvas->geometry().right() < m_minimap->geometry().left());
    QVERIFY(m_minimap->width() <= 150);
  }

  void itIsNotThereForAGraphThatFits() {
    m_canvas->show(column(3));
    QVERIFY(!m_minimap->isVisible());
  }

  void aNarrowWindowNeedsAllItsRoomForTheGraph() {
    m_window->resize(400, 700);
    m_canvas->show(column(40));
    QVERIFY(!m_minimap->isVisible());
    m_window->resize(900, 700);
    QTRY_VERIFY(m_minimap->isVisible());
  }

  void itStaysHiddenWhereItIsNotWanted() {
    m_minimap->setWanted(false);
    m_canvas->show(column(40));
    QVERIFY(!m_minimap->isVisible());
    m_minimap->setWanted(true);
    QVERIFY(m_minimap->isVisible());
  }

  void aClickMovesTheCanvasThere() {
    m_canvas->show(column(40));
    QTRY_VERIFY(m_canvas->geometry().right() < m_minimap->geometry().left());
    m_minimap->grab();
    QTest::mouseClick(m_minimap, Qt::LeftButton, {}, {m_minimap->width() / 2, 500});
    QVERIFY(m_canvas->viewport().visible().center().y() > 2000);
  }

  void everyBoxIsAtLeastAPixel() {
    const auto& palette = GraphPalette::light();
    const QImage image = farPicture(*column(40), palette, {20, 400});
    const QRgb tint = palette.forward.tint.rgb();
    int blocks = 0;
    for (int y = 1; y < image.height(); ++y)
      blocks += image.pixel(10, y) != tint && image.pixel(10, y - 1) == tint;
    QCOMPARE(blocks, 40);
  }

 private:
  SelectionHub m_hub;
  std::unique_ptr<QWidget> m_window;
  GraphCanvas* m_canvas = nullptr;
  Minimap* m_minimap = nullptr;
};

WATCHED_TEST_MAIN(TestMinimap)
#include "tst_minimap.moc"
