// Graphs of shapes that are hard to draw stay usable: shown, moved, searched and walked through.

#include <QSignalSpy>
#include <QTest>
#include <functional>

#include "tests/support/odd_joints.h"
#include "tests/support/watched_application.h"
#include "views/graph/graph_view.h"

using namespace views::graph;
using core::ir::JointGraph;
using support::WatchedApplication;

class TestOddGraphs : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theyAreUsable_data() {
    QTest::addColumn<int>("shape");
    QTest::newRow("chain of 40,000") << 0;
    QTest::newRow("one value with 100,000 readers") << 1;
    QTest::newRow("one value with 500 readers and their backward") << 2;
    QTest::newRow("complete graph of 300") << 3;
    QTest::newRow("names of a megabyte") << 4;
    QTest::newRow("names of directions and controls") << 5;
    QTest::newRow("no calls at all") << 6;
  }

  void theyAreUsable() {
    QFETCH(const int, shape);
    WatchedApplication::instance().forget();
    views::shared::SelectionHub hub;
    GraphView view(&hub, views::shared::GraphKind::Joint);
    view.resize(1000, 700);
    view.show();
    QSignalSpy shown(&view, &GraphView::shown);
    view.setSnapshot(std::make_shared<const JointGraph>(make(shape)), nullptr);
    QVERIFY(shown.wait(60000));
    GraphCanvas* canvas = view.canvas();
    const QRectF bounds = canvas->scene()->bounds();
    QVERIFY(bounds.width() > 0 && bounds.height() > 0);
    const auto step = [canvas](const char* what, const std::function<void()>& act) {
      WatchedApplication::instance().measure(QLatin1String(what), [&] {
        act();
        canvas->repaint();
      });
    };
    step("fit", [&] { canvas->fit(); });
    step("the end", [&] { canvas->centerOn(bounds.bottomRight()); });
    step("100 %", [&] { canvas->zoomTo(1); });
    step("filter", [&] { hub.setFilter(QStringLiteral("a")); });
    step("next hit", [&] { canvas->nextFound(true); });
    step("previous hit", [&] { canvas->nextFound(false); });
    step("next box", [&] { canvas->step(true); });
    step("focus around", [&] { canvas->focusAround(); });
    step("mirror", [&] { canvas->goToMirror(); });
    step("zoom to selection", [&] { canvas->zoomToSelection(); });
    step("overlay", [&] { view.setOverlay(OverlayKind::Bytes); });
    step("top", [&] { canvas->showTop(); });
    const QImage image = canvas->grab().toImage();
    QVERIFY(image.pixelColor(image.rect().center()).isValid());
    const WatchedApplication& watched = WatchedApplication::instance();
    QVERIFY2(watched.longest() <= support::kLongestGap, qPrintable(watched.sentence()));
  }

 private:
  static JointGraph make(int shape) {
    switch (shape) {
      case 0: return support::chainJoint(40000, false);
      case 1: return support::hubJoint(100000, false);
      case 2: return support::hubJoint(500, true);
      case 3: return support::completeJoint(300);
      case 4: return support::namedJoint(std::string(1 << 20, 'a'));
      case 5: return support::namedJoint("a\u202e\x01\xff\n\u2067%1<b>");
      default: return support::chainJoint(0, false);
    }
  }
};

WATCHED_TEST_MAIN(TestOddGraphs)
#include "tst_odd_graphs.moc"
