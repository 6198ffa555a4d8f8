// Ways through a graph: neighbours within some edges, ways between two boxes, steps among hits.

#include <QTest>

#include "views/graph/graph_walk.h"

using namespace core::layout;
using namespace views::graph;

namespace {

/// A diamond with a tail: 0 -> 1 -> 3 -> 4, 0 -> 2 -> 3; and 5 alone. Box i is at y = 100 i.
GraphGeometry diamond() {
  GraphGeometry geometry;
  geometry.bounds = {0, 0, 200, 700};
  for (int i = 0; i < 6; ++i) {
    Box box;
    box.rect = {0, 100 * i, 200, 50};
    geometry.boxes.push_back(box);
  }
  for (const auto& [from, to] : {std::pair(0, 1), {1, 3}, {3, 4}, {0, 2}, {2, 3}}) {
    Edge edge;
    edge.source = from;
    edge.targets = {to};
    geometry.edges.push_back(edge);
  }
  geometry.finish();
  return geometry;
}

}  // namespace

class TestGraphWalk : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void neighboursAreFoundInBothDirections() {
    const GraphGeometry geometry = diamond();
    QCOMPARE(boxesAround(geometry, 3, 0), (std::set<int>{3}));
    QCOMPARE(boxesAround(geometry, 3, 1), (std::set<int>{1, 2, 3, 4}));
    QCOMPARE(boxesAround(geometry, 3, 2), (std::set<int>{0, 1, 2, 3, 4}));
    QCOMPARE(boxesAround(geometry, 5, 9), (std::set<int>{5}));
  }

  void allWaysBetweenTwoBoxesAreFoundInEitherOrder() {
    const GraphGeometry geometry = diamond();
    QCOMPARE(boxesBetween(geometry, 0, 3), (std::set<int>{0, 1, 2, 3}));
    QCOMPARE(boxesBetween(geometry, 3, 0), (std::set<int>{0, 1, 2, 3}));
    QCOMPARE(boxesBetween(geometry, 1, 4), (std::set<int>{1, 3, 4}));
    QVERIFY(boxesBetween(geometry, 1, 2).empty());
    QVERIFY(boxesBetween(geometry, 5, 0).empty());
  }

  void stepsAmongHitsGoAroundAtTheEnds() {
    const GraphGeometry geometry = diamond();
    const std::set<int> hits{1, 3, 5};
    QCOMPARE(stepAmong(geometry, hits, -1, true), 1);
    QCOMPARE(stepAmong(geometry, hits, 1, true), 3);
    QCOMPARE(stepAmong(geometry, hits, 2, true), 3);
    QCOMPARE(stepAmong(geometry, hits, 5, true), 1);
    QCOMPARE(stepAmong(geometry, hits, 1, false), 5);
    QCOMPARE(stepAmong(geometry, hits, 4, false), 3);
    QCOMPARE(stepAmong(geometry, {}, 4, false), -1);
  }
};

QTEST_APPLESS_MAIN(TestGraphWalk)
#include "tst_graph_walk.moc"
