// Order and places of rows.

#include <QTest>
#include <random>

#include "core/layout/layered_graph.h"

using core::layout::countCrossings;
using core::layout::LayeredGraph;
using core::layout::orderRows;
using core::layout::placeVertices;

namespace {

constexpr int kGap = 20;

/// Random rows with segments between neighbouring ones; some vertices are dummies.
LayeredGraph randomGraph(unsigned seed) {
  std::mt19937 random(seed);
  const auto number = [&random](int below) { return static_cast<int>(random() % below); };
  LayeredGraph graph;
  for (int row = 0; row < 8; ++row)
    for (int i = 0; i < 3 + number(6); ++i)
      graph.addVertex(row, 20 + 10 * number(20), number(4) == 0);
  for (std::size_t row = 0; row + 1 < graph.rows.size(); ++row) {
    for (const int upper : graph.rows[row]) {
      for (int k = 0; k < 1 + number(2); ++k) {
        const auto& below = graph.rows[row + 1];
        graph.segments.push_back(
            {upper, below[number(static_cast<int>(below.size()))], number(9) - 4, number(9) - 4});
      }
    }
  }
  return graph;
}

long long crossingsByPairs(const LayeredGraph& graph) {
  std::vector<int> position(graph.vertices.size());
  for (const auto& row : graph.rows)
    for (std::size_t i = 0; i < row.size(); ++i) position[row[i]] = static_cast<int>(i);
  long long count = 0;
  for (const auto& a : graph.segments)
    for (const auto& b : graph.segments)
      count += graph.vertices[a.upper].row == graph.vertices[b.upper].row &&
               position[a.upper] < position[b.upper] && position[a.lower] > position[b.lower];
  return count;
}

}  // namespace

class TestLayeredGraph : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void crossingsAreCountedAsPairs() {
    for (unsigned seed = 0; seed < 20; ++seed) {
      const LayeredGraph graph = randomGraph(seed);
      QCOMPARE(countCrossings(graph), crossingsByPairs(graph));
    }
  }

  void orderingRemovesAvoidableCrossings() {
    LayeredGraph graph;
    for (int i = 0; i < 4; ++i) graph.addVertex(0, 50, false);
    for (int i = 0; i < 4; ++i) graph.addVertex(1, 50, false);
    for (int i = 0; i < 4; ++i) graph.segments.push_back({i, 7 - i, 0, 0});
    QCOMPARE(countCrossings(graph), 6);
    orderRows(graph);
    QCOMPARE(countCrossings(graph), 0);
  }

  void orderingNeverMakesItWorseAndKeepsAllVertices() {
    for (unsigned seed = 0; seed < 20; ++seed) {
      LayeredGraph graph = randomGraph(seed);
      const long long before = countCrossings(graph);
      auto rows = graph.rows;
      orderRows(graph);
      QVERIFY(countCrossings(graph) <= before);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        auto sorted = graph.rows[row];
        std::sort(sorted.begin(), sorted.end());
        std::sort(rows[row].begin(), rows[row].end());
        QCOMPARE(sorted, rows[row]);
      }
    }
  }

  void neighboursNeverOverlap() {
    for (unsigned seed = 0; seed < 40; ++seed) {
      LayeredGraph graph = randomGraph(seed);
      orderRows(graph);
      const std::vector<int> x = placeVertices(graph, kGap);
      for (const auto& row : graph.rows) {
        for (std::size_t i = 1; i < row.size(); ++i) {
          const auto& a = graph.vertices[row[i - 1]];
          const auto& b = graph.vertices[row[i]];
          const int gap = a.isDummy || b.isDummy ? kGap / 2 : kGap;
          QVERIFY(x[row[i]] - x[row[i - 1]] >= (a.width + b.width) / 2 + gap);
        }
      }
    }
  }

  void aChainIsStraightThroughItsPorts() {
    LayeredGraph graph;
    for (int row = 0; row < 5; ++row) graph.addVertex(row, 40 + 30 * row, false);
    for (int row = 0; row < 4; ++row) graph.segments.push_back({row, row + 1, 7, -5});
    const std::vector<int> x = placeVertices(graph, kGap);
    for (int row = 0; row < 4; ++row) QCOMPARE(x[row] + 7, x[row + 1] - 5);
  }

  void longEdgesAreStraightBesideAChain() {
    LayeredGraph graph;
    std::vector<int> chain, dummies;
    for (int row = 0; row < 6; ++row) chain.push_back(graph.addVertex(row, 100, false));
    for (int row = 1; row < 5; ++row) dummies.push_back(graph.addVertex(row, 10, true));
    for (int row = 0; row < 5; ++row) graph.segments.push_back({chain[row], chain[row + 1], 0, 0});
    graph.segments.push_back({chain[0], dummies[0], 0, 0});
    for (int i = 0; i < 3; ++i) graph.segments.push_back({dummies[i], dummies[i + 1], 0, 0});
    graph.segments.push_back({dummies[3], chain[5], 0, 0});
    orderRows(graph);
    const std::vector<int> x = placeVertices(graph, kGap);
    for (int i = 0; i < 3; ++i) QCOMPARE(x[dummies[i]], x[dummies[i + 1]]);
    for (int row = 1; row < 4; ++row) QCOMPARE(x[chain[row]], x[chain[row + 1]]);
  }

  void aChainThatIsLeftAsideDoesNotDrift() {
    LayeredGraph graph;
    for (int row = 0; row < 20; ++row) graph.addVertex(row, 400, false);
    for (int row = 0; row < 19; ++row) graph.segments.push_back({row, row + 1, 100, -100});
    const std::vector<int> x = placeVertices(graph, kGap);
    const auto [left, right] = std::minmax_element(x.begin(), x.end());
    QCOMPARE(*left, *right);
  }

  void shorteningNeverCostsMore() {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      LayeredGraph graph = randomGraph(seed);
      orderRows(graph);
      std::vector<int> x(graph.vertices.size());
      for (const auto& row : graph.rows)
        for (std::size_t i = 0; i < row.size(); ++i) x[row[i]] = static_cast<int>(300 * i);
      const long long before = placementCost(graph, x);
      shortenSegments(graph, kGap, x);
      QVERIFY(placementCost(graph, x) < before);
    }
  }

  void anEmptyGraphHasNoPlaces() { QVERIFY(placeVertices({}, kGap).empty()); }
};

QTEST_APPLESS_MAIN(TestLayeredGraph)
#include "tst_layered_graph.moc"
