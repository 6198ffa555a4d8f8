// The canvas: hits, selection, keys, painting.

#include <QSignalSpy>
#include <QTest>

#include "tests/support/watched_application.h"
#include "tests/views/graph/graph_models.h"
#include "views/graph/graph_canvas.h"

using namespace views::graph;
using namespace views::shared;
using core::layout::Lane;

namespace {

/// Of any colour of any pixel. Qt smooths the edge of a round corner a shade differently where the
/// clip cuts the box.
int largestDifference(const QImage& a, const QImage& b) {
  int largest = a.size() == b.size() ? 0 : 255;
  for (int y = 0; largest < 255 && y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      const QRgb one = a.pixel(x, y), other = b.pixel(x, y);
      largest =
          std::max({largest, std::abs(qRed(one) - qRed(other)),
                    std::abs(qGreen(one) - qGreen(other)), std::abs(qBlue(one) - qBlue(other))});
    }
  }
  return largest;
}

}  // namespace

class TestGraphCanvas : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() {
    m_hub = std::make_unique<SelectionHub>();
    m_canvas = std::make_unique<GraphCanvas>(m_hub.get(), GraphKind::Joint);
    m_canvas->resize(900, 700);
    m_canvas->QWidget::show();
    m_canvas->show(std::make_shared<GraphScene>(support::geometryOf(support::blockChain(4), true)));
  }

  void cleanup() {
    m_canvas.reset();
    m_hub.reset();
  }

  void aClickSelectsTheNodeUnderThePointer() {
    QTest::mouseClick(m_canvas.get(), Qt::LeftButton, {}, middleOf("sigmoid_1"));
    QCOMPARE(m_hub->selection().primary(), QString("sigmoid_1"));
    QCOMPARE(m_canvas->accessibleName(), QString("sigmoid"));
    QVERIFY(m_canvas->accessibleDescription().contains("node sigmoid_1"));
    QTest::mouseClick(m_canvas.get(), Qt::LeftButton, {}, {3, 690});
    QVERIFY(m_hub->selection().isEmpty());
  }

  void dragsPanAndDoNotSelect() {
    const QPointF before = m_canvas->viewport().visible().topLeft();
    const QPoint from = middleOf("sigmoid_1");
    QTest::mousePress(m_canvas.get(), Qt::LeftButton, {}, from);
    QTest::mouseMove(m_canvas.get(), from - QPoint(0, 60));
    QTest::mouseRelease(m_canvas.get(), Qt::LeftButton, {}, from - QPoint(0, 60));
    const QPointF moved = m_canvas->viewport().visible().topLeft() - before;
    QCOMPARE(qRound(moved.y() * m_canvas->viewport().scale()), 60);
    QVERIFY(m_hub->selection().isEmpty());
  }

  void arrowsWalkAlongEdges() {
    m_hub->selectNode(GraphKind::Joint, "sigmoid_1");
    QTest::keyClick(m_canvas.get(), Qt::Key_Down);
    QCOMPARE(m_hub->selection().primary(), QString("sigmoid_2"));
    QTest::keyClick(m_canvas.get(), Qt::Key_Up);
    QTest::keyClick(m_canvas.get(), Qt::Key_Up);
    QCOMPARE(m_hub->selection().primary(), QString("sigmoid_0"));
    QTest::keyClick(m_canvas.get(), Qt::Key_Right);
    QCOMPARE(m_hub->selection().primary(), QString("backward_0"));
    QTest::keyClick(m_canvas.get(), Qt::Key_Left);
    QCOMPARE(m_hub->selection().primary(), QString("sigmoid_0"));
  }

  void theMirrorSideIsTheOtherHalfOfTheRow() {
    m_hub->selectNode(GraphKind::Joint, "sigmoid_3");
    m_canvas->goToMirror();
    QCOMPARE(m_hub->selection().primary(), QString("backward_3"));
    m_canvas->goToMirror();
    QCOMPARE(m_hub->selection().primary(), QString("sigmoid_3"));
  }

  void stepsVisitEveryBoxOnce() {
    const auto& geometry = m_canvas->scene()->geometry();
    std::set<int> seen;
    int box = stepFrom(geometry, -1, true);
    while (box >= 0) {
      QVERIFY(seen.insert(box).second);
      box = stepFrom(geometry, box, true);
    }
    const auto boxes =
        std::count_if(geometry.boxes.begin(), geometry.boxes.end(),
                      [](const auto& b) { return b.kind != core::layout::BoxKind::Frame; });
    QCOMPARE(static_cast<long>(seen.size()), static_cast<long>(boxes));
  }

  void enterAndDoubleClickAskToToggleTheModule() {
    QSignalSpy toggles(m_canvas.get(), &GraphCanvas::toggleRequested);
    m_hub->selectModule(GraphKind::Joint, "block2");
    QTest::keyClick(m_canvas.get(), Qt::Key_Return);
    QCOMPARE(toggles.size(), 1);
    QCOMPARE(toggles.front().front().toString(), QString("block2"));
    const auto frame = m_canvas->scene()->geometry().boxesOfModule("block2").front();
    const auto rect = m_canvas->scene()->geometry().boxes[frame].rect;
    QTest::mouseDClick(m_canvas.get(), Qt::LeftButton, {},
                       m_canvas->viewport().toDevice({rect.x + 30.0, rect.y + 10.0}).toPoint());
    QCOMPARE(toggles.size(), 2);
  }

  void tabLeavesTheCanvas() {
    QWidget window;
    auto* canvas = new GraphCanvas(m_hub.get(), GraphKind::Joint, &window);
    auto* other = new QWidget(&window);
    other->setFocusPolicy(Qt::TabFocus);
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    canvas->setFocus();
    QVERIFY(canvas->hasFocus());
    QTest::keyClick(canvas, Qt::Key_Tab);
    QVERIFY(other->hasFocus());
  }

  void theWheelPansAndWithControlZooms() {
    const double scale = m_canvas->viewport().scale();
    const auto wheel = [this](Qt::KeyboardModifiers modifiers, int delta) {
      QWheelEvent event({400, 300}, m_canvas->mapToGlobal(QPointF(400, 300)), {}, {0, delta},
                        Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
      QApplication::sendEvent(m_canvas.get(), &event);
    };
    const QPointF fixed = m_canvas->viewport().toScene({400, 300});
    wheel(Qt::ControlModifier, 120);
    QVERIFY(m_canvas->viewport().scale() > scale * 1.1);
    QVERIFY((m_canvas->viewport().toScene({400, 300}) - fixed).manhattanLength() < 1e-6);
    const double top = m_canvas->viewport().visible().top();
    const double zoomed = m_canvas->viewport().scale();
    wheel({}, -120);
    QCOMPARE(m_canvas->viewport().scale(), zoomed);
    QVERIFY(m_canvas->viewport().visible().top() > top);
  }

  void selectionsOfOtherGraphsAreFoundByName() {
    m_hub->selectNode(GraphKind::Backward, "backward_2");
    QCOMPARE(m_canvas->accessibleName(), QString("sigmoid_backward"));
  }

  void aPanPaintsTheSameAsAFreshFrame() {
    m_canvas->zoomTo(0.8);
    QTest::qWait(200);  // until the sharp frame is painted
    m_canvas->grab();
    const QPointF center = m_canvas->viewport().visible().center();
    m_canvas->centerOn(center + QPointF(10, 40) / 0.8);
    const QImage panned = m_canvas->grab().toImage();
    m_canvas->setFound({}, Others::Shown);  // forgets the frame
    QVERIFY(largestDifference(panned, m_canvas->grab().toImage()) <= 20);
  }

  void foundBoxesAreMarkedAndTheRestIsPaler() {
    const QImage before = m_canvas->grab().toImage();
    m_canvas->setFound({"sigmoid_1"}, Others::Paler);
    QCOMPARE(m_canvas->foundBoxes().size(), 1u);
    QVERIFY(before != m_canvas->grab().toImage());
    m_canvas->nextFound(true);
    QCOMPARE(m_hub->selection().primary(), QString("sigmoid_1"));
  }

  void theModuleKeepsItsPlaceWhenItIsOpened() {
    const auto model = support::blockChain(4);
    m_canvas->show(std::make_shared<GraphScene>(support::geometryOf(model, false)));
    const QPointF before = cornerOf("block2");
    m_canvas->show(std::make_shared<GraphScene>(support::geometryOf(model, true)), "block2");
    QVERIFY((cornerOf("block2") - before).manhattanLength() < 1);
  }

  void theBoxInTheMiddleKeepsItsPlaceWhenAllIsFolded() {
    const auto model = support::blockChain(30);
    m_canvas->show(std::make_shared<GraphScene>(support::geometryOf(model, true)));
    m_canvas->centerOn(sceneOf("sigmoid_20").center());
    const QRectF all = m_canvas->viewport().visible();
    QVERIFY(!all.contains(sceneOf("sigmoid_2")));
    const QPoint before = middleOf("sigmoid_20");
    m_canvas->show(std::make_shared<GraphScene>(support::geometryOf(model, false)));
    QVERIFY((middleOf("sigmoid_20") - before).manhattanLength() < 60);
  }

  void whoIsAtTheTopStaysThere() {
    const auto model = support::blockChain(30);
    m_canvas->show(std::make_shared<GraphScene>(support::geometryOf(model, true)));
    m_canvas->showTop();
    m_canvas->show(std::make_shared<GraphScene>(support::geometryOf(model, false)));
    QVERIFY(m_canvas->viewport().visible().contains(sceneOf("sigmoid_0")));
    const QRectF first = m_canvas->viewport().visible();
    m_canvas->showTop();
    QCOMPARE(m_canvas->viewport().visible(), first);
  }

  void theFirstViewFollowsTheSizeUntilSomeoneMoves() {
    m_canvas->showTop();
    m_canvas->resize(600, 500);
    const QPointF middle = m_canvas->viewport().visible().center();
    m_canvas->showTop();
    QCOMPARE(m_canvas->viewport().visible().center(), middle);
    m_canvas->centerOn({100, 300});
    const double scale = m_canvas->viewport().scale();
    m_canvas->resize(400, 500);
    QCOMPARE(m_canvas->viewport().scale(), scale);
  }

  void theMirrorSideOfTheSelectionIsOutlined() {
    m_hub->selectNode(GraphKind::Joint, "sigmoid_1");
    m_canvas->zoomToSelection();
    const auto outline = [this](const char* node) {
      const QRect box(m_canvas->viewport().toDevice(sceneOf(node).topLeft()).toPoint(),
                      (sceneOf(node).size() * m_canvas->viewport().scale()).toSize());
      const QImage image = m_canvas->grab().toImage();
      const QColor wanted = m_canvas->colors().selection;
      int found = 0;
      for (int x = box.left(); x < box.right(); ++x)
        for (int y = box.top() - 5; y < box.top(); ++y) found += image.pixelColor(x, y) == wanted;
      return found;
    };
    QVERIFY(outline("backward_1") > 5);
    QVERIFY(outline("sigmoid_1") > outline("backward_1"));
    QCOMPARE(outline("backward_2"), 0);
  }

  void withoutAGraphItShowsTheMessage() {
    m_canvas->showMessage("No graph yet.");
    QVERIFY(!m_canvas->scene());
    QCOMPARE(m_canvas->accessibleDescription(), QString("No graph yet."));
    m_canvas->grab();
    m_canvas->fit();
    m_canvas->goToMirror();
    m_canvas->step(true);
    QTest::keyClick(m_canvas.get(), Qt::Key_Down);
    QVERIFY(m_hub->selection().isEmpty());
  }

 private:
  QRectF sceneOf(const char* node) {
    const auto& geometry = m_canvas->scene()->geometry();
    return toRectF(geometry.boxes[geometry.boxesOf(node).front()].rect);
  }
  QPoint middleOf(const char* node) {
    return m_canvas->viewport().toDevice(sceneOf(node).center()).toPoint();
  }
  QPointF cornerOf(const char* module) {
    const auto& geometry = m_canvas->scene()->geometry();
    return m_canvas->viewport().toDevice(
        toRectF(geometry.boxes[geometry.boxesOfModule(module).front()].rect).topLeft());
  }

  std::unique_ptr<SelectionHub> m_hub;
  std::unique_ptr<GraphCanvas> m_canvas;
};

WATCHED_TEST_MAIN(TestGraphCanvas)
#include "tst_graph_canvas.moc"
