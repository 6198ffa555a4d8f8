// Values under lower bounds of differences: feasible, and as cheap as the best of all.

#include <QTest>
#include <algorithm>
#include <random>

#include "core/layout/network_simplex.h"

using core::layout::Distance;
using core::layout::shortestValues;

namespace {

constexpr long long kEnoughWork = 1'000'000;
constexpr int kNodes = 5;
constexpr int kHighest = 6;

bool satisfies(const std::vector<Distance>& distances, const std::vector<int>& values) {
  return std::all_of(distances.begin(), distances.end(), [&](const Distance& it) {
    return values[it.head] - values[it.tail] >= it.length;
  });
}

long long costOf(const std::vector<Distance>& distances, const std::vector<int>& values) {
  long long cost = 0;
  for (const Distance& it : distances)
    cost += static_cast<long long>(values[it.head] - values[it.tail] - it.length) * it.weight;
  return cost;
}

/// The least cost of values from 0 to kHighest, by trying all.
long long leastCost(const std::vector<Distance>& distances) {
  long long least = -1;
  std::vector<int> values(kNodes, 0);
  for (int at = 0; at < kNodes;) {
    if (satisfies(distances, values)) {
      const long long cost = costOf(distances, values);
      if (least < 0 || cost < least) least = cost;
    }
    for (at = 0; at < kNodes && ++values[at] > kHighest; ++at) values[at] = 0;
  }
  return least;
}

/// Distances of at most one from each node to later ones, so that kHighest is far enough.
std::vector<Distance> randomDistances(std::mt19937& random) {
  std::vector<Distance> distances;
  for (int tail = 0; tail < kNodes; ++tail) {
    for (int head = tail + 1; head < kNodes; ++head) {
      if (head > tail + 1 && random() % 3 == 0) continue;
      distances.push_back(
          {tail, head, static_cast<int>(random() % 2), static_cast<int>(random() % 4)});
    }
  }
  return distances;
}

}  // namespace

class TstNetworkSimplex : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void nodeBetweenTwoGoesToTheHeavierOne();
  void costsAsLittleAsTheBestOfAll();
  void valuesStayFeasibleWhenTheWorkEnds();
  void nodesApartKeepTheirValue();
};

void TstNetworkSimplex::nodeBetweenTwoGoesToTheHeavierOne() {
  const std::vector<Distance> distances = {{0, 1, 10, 1}, {1, 2, 10, 3}, {0, 2, 50, 0}};
  const auto values = shortestValues(distances, {0, 10, 60}, kEnoughWork);
  QCOMPARE(values[2] - values[0], 50);
  QCOMPARE(values[2] - values[1], 10);
}

void TstNetworkSimplex::costsAsLittleAsTheBestOfAll() {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const auto distances = randomDistances(random);
    const auto values = shortestValues(distances, {0, 2, 4, 5, 9}, kEnoughWork);
    QVERIFY2(satisfies(distances, values), qPrintable(QString::number(round)));
    QCOMPARE(costOf(distances, values), leastCost(distances));
  }
}

void TstNetworkSimplex::valuesStayFeasibleWhenTheWorkEnds() {
  std::mt19937 random(11);
  for (long long work = 0; work < 40; ++work) {
    const auto distances = randomDistances(random);
    QVERIFY(satisfies(distances, shortestValues(distances, {0, 2, 4, 5, 9}, work)));
  }
}

void TstNetworkSimplex::nodesApartKeepTheirValue() {
  const auto values = shortestValues({{0, 1, 2, 1}}, {0, 9, 77}, kEnoughWork);
  QCOMPARE(values[1] - values[0], 2);
  QCOMPARE(values[2], 77);
}

QTEST_GUILESS_MAIN(TstNetworkSimplex)
#include "tst_network_simplex.moc"
