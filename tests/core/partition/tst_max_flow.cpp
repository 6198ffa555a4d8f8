#include <lemon/preflow.h>
#include <lemon/smart_graph.h>
#include <QTest>
#include <random>
#include <set>

#include "core/partition/max_flow.h"

using core::partition::MaxFlow;

namespace {

struct Edge {
  int from = 0;
  int to = 0;
  MaxFlow::Capacity capacity = 0;
};

MaxFlow networkOf(int vertices, const std::vector<Edge>& edges) {
  MaxFlow network(vertices);
  for (const Edge& edge : edges) network.addEdge(edge.from, edge.to, edge.capacity);
  return network;
}

MaxFlow::Capacity cutValue(const std::vector<Edge>& edges, const std::vector<bool>& sinkSide) {
  MaxFlow::Capacity value = 0;
  for (const Edge& edge : edges)
    if (!sinkSide[static_cast<std::size_t>(edge.from)] &&
        sinkSide[static_cast<std::size_t>(edge.to)])
      value += edge.capacity;
  return value;
}

/// The smallest cut over all subsets, and among the smallest ones the one whose sink side is the
/// intersection of all: the cut nearest the sink. Vertex 0 is the source, the last one the sink.
std::pair<MaxFlow::Capacity, std::vector<bool>> bruteForce(int vertices,
                                                           const std::vector<Edge>& edges) {
  MaxFlow::Capacity best = std::numeric_limits<MaxFlow::Capacity>::max();
  std::vector<bool> nearest;
  for (unsigned bits = 0; bits < 1U << (vertices - 2); ++bits) {
    std::vector<bool> side(static_cast<std::size_t>(vertices), false);
    for (int v = 1; v + 1 < vertices; ++v) side[static_cast<std::size_t>(v)] = bits >> (v - 1) & 1U;
    side.back() = true;
    const MaxFlow::Capacity value = cutValue(edges, side);
    if (value > best) continue;
    if (value < best) nearest = side;
    best = value;
    for (std::size_t v = 0; v < side.size(); ++v) nearest[v] = nearest[v] && side[v];
  }
  return {best, nearest};
}

/// The value of a maximum flow by LEMON's preflow-push.
MaxFlow::Capacity byLemon(int vertices, const std::vector<Edge>& edges) {
  lemon::SmartDigraph graph;
  graph.reserveNode(vertices);
  for (int v = 0; v < vertices; ++v) graph.addNode();
  lemon::SmartDigraph::ArcMap<MaxFlow::Capacity> capacity(graph);
  for (const Edge& edge : edges)
    capacity[graph.addArc(graph.nodeFromId(edge.from), graph.nodeFromId(edge.to))] = edge.capacity;
  lemon::Preflow<lemon::SmartDigraph, lemon::SmartDigraph::ArcMap<MaxFlow::Capacity>> preflow(
      graph, capacity, graph.nodeFromId(0), graph.nodeFromId(vertices - 1));
  preflow.runMinCut();
  return preflow.flowValue();
}

/// A network as the partitioner makes them: each value an edge with its cost, readers behind
/// infinite edges, sources and sinks here and there. Vertex 0 is the source, the last one the sink.
std::vector<Edge> partitioningNetwork(int values, std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const int sink = 2 * values + 1;
  std::vector<Edge> edges;
  for (int i = 0; i < values; ++i) {
    edges.push_back({2 * i + 1, 2 * i + 2, 1 + below(1000)});
    for (int k = 1 + below(2); k > 0 && i + 1 < values; --k)
      edges.push_back({2 * i + 2, 2 * (i + 1 + below(std::min(values - i - 1, 5))) + 1, 1 << 30});
    if (i == 0 || below(5) == 0) edges.push_back({0, 2 * i + 1, 1 << 30});
    if (i + 1 == values || below(4) == 0) edges.push_back({2 * i + 2, sink, 1 << 30});
  }
  return edges;
}

}  // namespace

class TestMaxFlow : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aChainCarriesItsNarrowestEdge() {
    MaxFlow network = networkOf(4, {{0, 1, 5}, {1, 2, 3}, {2, 3, 7}});
    QCOMPARE(network.solve(0, 3), MaxFlow::Capacity{3});
    QCOMPARE(network.sinkSide(), (std::vector<bool>{false, false, true, true}));
  }

  void ofEqualCutsTheOneNearestTheSinkIsTaken() {
    MaxFlow network = networkOf(4, {{0, 1, 3}, {1, 2, 3}, {2, 3, 3}});
    QCOMPARE(network.solve(0, 3), MaxFlow::Capacity{3});
    QCOMPARE(network.sinkSide(), (std::vector<bool>{false, false, false, true}));
  }

  void flowIsSentBackAlongReverseArcs() {
    // A greedy path 0-1-2-3 must be undone in part.
    MaxFlow network = networkOf(4, {{0, 1, 1}, {0, 2, 1}, {1, 2, 1}, {1, 3, 1}, {2, 3, 1}});
    QCOMPARE(network.solve(0, 3), MaxFlow::Capacity{2});
  }

  void capacitiesMayChangeBetweenSolves() {
    MaxFlow network(3);
    const int first = network.addEdge(0, 1, 4);
    network.addEdge(1, 2, 9);
    QCOMPARE(network.solve(0, 2), MaxFlow::Capacity{4});
    network.setCapacity(first, 20);
    QCOMPARE(network.solve(0, 2), MaxFlow::Capacity{9});
    network.setCapacity(first, 0);
    QCOMPARE(network.solve(0, 2), MaxFlow::Capacity{0});
    QCOMPARE(network.sinkSide(), (std::vector<bool>{false, true, true}));
  }

  void anInfinitePathIsReportedByItsVertices() {
    constexpr auto kInfinite = MaxFlow::kInfinite;
    MaxFlow network = networkOf(
        5, {{0, 1, kInfinite}, {1, 2, 8}, {1, 3, kInfinite}, {3, 4, kInfinite}, {2, 4, kInfinite}});
    QCOMPARE(network.infinitePath(0, 4), (std::vector<int>{0, 1, 3, 4}));
    network.setCapacity(3, 1);
    QVERIFY(network.infinitePath(0, 4).empty());
    QCOMPARE(network.solve(0, 4), MaxFlow::Capacity{9});
  }

  void aDeepNetworkNeedsNoDeepStack() {
    constexpr int kLength = 200000;
    MaxFlow network(kLength);
    for (int v = 0; v + 1 < kLength; ++v) network.addEdge(v, v + 1, 1 + v % 7);
    QCOMPARE(network.solve(0, kLength - 1), MaxFlow::Capacity{1});
  }

  void randomNetworksAreCutAsByBruteForce() {
    std::mt19937 random(1);
    const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
    for (int round = 0; round < 400; ++round) {
      const int vertices = 4 + below(8);
      std::vector<Edge> edges;
      std::set<std::pair<int, int>> used;
      const int count = vertices + below(static_cast<unsigned>(3 * vertices));
      for (int i = 0; i < count; ++i) {
        const int from = below(static_cast<unsigned>(vertices));
        const int to = below(static_cast<unsigned>(vertices));
        const bool acyclic = round % 2 == 0;  // half of the networks are DAGs
        if (from == to || (acyclic && from > to) || !used.emplace(from, to).second) continue;
        edges.push_back({from, to, below(6)});
      }
      MaxFlow network = networkOf(vertices, edges);
      const auto [value, nearest] = bruteForce(vertices, edges);
      QCOMPARE(network.solve(0, vertices - 1), value);
      QCOMPARE(network.sinkSide(), nearest);
    }
  }

  void partitioningNetworksAreCutAsByAnotherLibrary() {
    std::mt19937 random(11);
    for (int round = 0; round < 300; ++round) {
      const int values = 2 + round;
      const std::vector<Edge> edges = partitioningNetwork(values, random);
      const int vertices = 2 * values + 2;
      MaxFlow network = networkOf(vertices, edges);
      const MaxFlow::Capacity value = network.solve(0, vertices - 1);
      QCOMPARE(value, byLemon(vertices, edges));
      QCOMPARE(cutValue(edges, network.sinkSide()), value);
    }
  }
};

QTEST_APPLESS_MAIN(TestMaxFlow)
#include "tst_max_flow.moc"
