// How a graph is shown first.

#include <QTest>

#include "views/graph/first_view.h"

using namespace core::layout;
using views::graph::FirstView;
using views::graph::firstView;

namespace {

constexpr QSizeF kDevice(800, 600);

/// Rows of boxes of 200 x 50 units, 100 units apart; per row the left edges.
GraphGeometry geometryOf(Picture picture, const std::vector<std::vector<int>>& rows) {
  GraphGeometry geometry;
  geometry.picture = picture;
  geometry.bounds = {-5000, 0, 10000, 100 * static_cast<int>(rows.size())};
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (const int left : rows[row]) {
      Box box;
      box.rect = {left, 100 * static_cast<int>(row), 200, 50};
      geometry.boxes.push_back(box);
    }
  }
  return geometry;
}

}  // namespace

class TestFirstView : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aColumnIsShownAtFullSizeInTheMiddle() {
    const auto geometry = geometryOf(Picture::Forward, {{3000}, {3000, 3300}, {3000}});
    const FirstView view = firstView(geometry, kDevice);
    QCOMPARE(view.scale, 1.0);
    QCOMPARE(view.top, QPointF(3250, 0));
  }

  void rowsBelowTheScreenDoNotCount() {
    std::vector<std::vector<int>> rows(20, {3000});
    rows.back() = {-4000, 3000};
    const FirstView view = firstView(geometryOf(Picture::Backward, rows), kDevice);
    QCOMPARE(view.scale, 1.0);
    QCOMPARE(view.top.x(), 3100.0);
  }

  void widerColumnsAreMadeSmallerUntilTheyFit() {
    const FirstView view = firstView(geometryOf(Picture::Forward, {{0}, {0, 700}, {350}}), kDevice);
    QVERIFY(view.scale < 0.9 && view.scale > 8.0 / 11);
    QVERIFY(900 * view.scale <= kDevice.width());
    QCOMPARE(view.top.x(), 450.0);
  }

  void tooWideForReadableTextTheFirstRowIsInTheMiddle() {
    const FirstView view = firstView(geometryOf(Picture::Backward, {{4000}, {-4000}}), kDevice);
    QCOMPARE(view.scale, 8.0 / 11);
    QCOMPARE(view.top, QPointF(4100, 0));
  }

  void twoColumnsMayBeSmallerThanOne() {
    const std::vector<std::vector<int>> rows{{0, 1000}};
    QVERIFY(firstView(geometryOf(Picture::Mirrored, rows), kDevice).scale < 8.0 / 11);
    QCOMPARE(firstView(geometryOf(Picture::Mirrored, rows), kDevice).top.x(), 600.0);
    QCOMPARE(firstView(geometryOf(Picture::Forward, rows), kDevice).scale, 8.0 / 11);
  }

  void aFirstRowWiderThanTheScreenBeginsAtItsLeft() {
    const FirstView view = firstView(geometryOf(Picture::Forward, {{0, 3000}}), kDevice);
    const double left = view.top.x() - kDevice.width() / 2 / view.scale;
    QVERIFY(left <= 0 && left > -100);
  }

  void framesDoNotCount() {
    auto geometry = geometryOf(Picture::Forward, {{3000}});
    Box frame;
    frame.kind = BoxKind::Frame;
    frame.rect = {-4000, -50, 8000, 500};
    geometry.boxes.push_back(frame);
    QCOMPARE(firstView(geometry, kDevice).top, QPointF(3100, 0));
  }

  void anEmptyGraphHasAView() { QCOMPARE(firstView(GraphGeometry(), kDevice).scale, 1.0); }
};

QTEST_APPLESS_MAIN(TestFirstView)
#include "tst_first_view.moc"
