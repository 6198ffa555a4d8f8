// Order within rows.
//
// Problem: few crossings between neighbouring rows (minimum is NP-hard). Idea: a vertex near the
// mean position of its neighbours (Sugiyama's barycenter), swept down and up; then neighbours are
// exchanged while that helps (Gansner et al., "A technique for drawing directed graphs"). The best
// order seen is kept. Crossings are counted with an accumulator tree (Barth, Juenger, Mutzel).
// Cost: O(sweeps * E log V). Ties keep the previous order, so the result is the same on every run.

#include <algorithm>

#include "core/layout/layered_graph.h"

namespace core::layout {
namespace {

constexpr int kSweeps = 8;
constexpr int kExchangeRounds = 4;
// Of more pairs of segments than this the crossings are counted by sorting.
constexpr std::size_t kMostPairs = 256;

class Orderer {
 public:
  explicit Orderer(LayeredGraph& graph);
  void run();
  long long crossings() const;

 private:
  void number(int row);
  void sweep(const std::vector<std::vector<int>>& neighbours, int row);
  bool exchange(int row);
  long long crossingsOf(const std::vector<std::vector<int>>& neighbours, int left, int right) const;
  long long crossingsBelow(int row) const;

  LayeredGraph& m_graph;
  std::vector<std::vector<int>> m_above;
  std::vector<std::vector<int>> m_below;
  std::vector<int> m_position;
};

Orderer::Orderer(LayeredGraph& graph)
    : m_graph(graph),
      m_above(graph.vertices.size()),
      m_below(graph.vertices.size()),
      m_position(graph.vertices.size()) {
  for (const auto& segment : graph.segments) {
    m_above[segment.lower].push_back(segment.upper);
    m_below[segment.upper].push_back(segment.lower);
  }
  for (std::size_t row = 0; row < graph.rows.size(); ++row) number(static_cast<int>(row));
}

void Orderer::number(int row) {
  const auto& vertices = m_graph.rows[row];
  for (std::size_t i = 0; i < vertices.size(); ++i) m_position[vertices[i]] = static_cast<int>(i);
}

void Orderer::sweep(const std::vector<std::vector<int>>& neighbours, int row) {
  std::vector<std::pair<double, int>> keyed;
  for (const int v : m_graph.rows[row]) {
    double sum = 0;
    for (const int n : neighbours[v]) sum += m_position[n];
    const bool isFree = neighbours[v].empty();
    keyed.emplace_back(isFree ? m_position[v] : sum / static_cast<double>(neighbours[v].size()), v);
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < keyed.size(); ++i) m_graph.rows[row][i] = keyed[i].second;
  number(row);
}

/// Crossings between the segments of two vertices if `left` stands left of `right`.
long long Orderer::crossingsOf(const std::vector<std::vector<int>>& neighbours, int left,
                               int right) const {
  const auto& ofLeft = neighbours[left];
  const auto& ofRight = neighbours[right];
  long long count = 0;
  if (ofLeft.size() * ofRight.size() <= kMostPairs) {
    for (const int a : ofLeft)
      for (const int b : ofRight) count += m_position[a] > m_position[b];
    return count;
  }
  std::vector<int> sorted;
  for (const int b : ofRight) sorted.push_back(m_position[b]);
  std::sort(sorted.begin(), sorted.end());
  for (const int a : ofLeft)
    count += std::lower_bound(sorted.begin(), sorted.end(), m_position[a]) - sorted.begin();
  return count;
}

bool Orderer::exchange(int row) {
  auto& vertices = m_graph.rows[row];
  bool improved = false;
  for (std::size_t i = 1; i < vertices.size(); ++i) {
    const int left = vertices[i - 1];
    const int right = vertices[i];
    const long long now = crossingsOf(m_above, left, right) + crossingsOf(m_below, left, right);
    if (now == 0) continue;
    if (crossingsOf(m_above, right, left) + crossingsOf(m_below, right, left) >= now) continue;
    std::swap(vertices[i - 1], vertices[i]);
    std::swap(m_position[left], m_position[right]);
    improved = true;
  }
  return improved;
}

long long Orderer::crossingsBelow(int row) const {
  const std::size_t width = m_graph.rows[row + 1].size();
  std::vector<long long> tree(width + 1, 0);
  long long seen = 0, count = 0;
  for (const int v : m_graph.rows[row]) {
    // Segments of one vertex do not cross each other: count all first, then insert them.
    for (const int n : m_below[v]) {
      long long upTo = 0;
      for (std::size_t i = m_position[n] + 1; i > 0; i -= i & (~i + 1)) upTo += tree[i];
      count += seen - upTo;
    }
    for (const int n : m_below[v]) {
      for (std::size_t i = m_position[n] + 1; i <= width; i += i & (~i + 1)) ++tree[i];
      ++seen;
    }
  }
  return count;
}

long long Orderer::crossings() const {
  long long count = 0;
  for (std::size_t row = 0; row + 1 < m_graph.rows.size(); ++row)
    count += crossingsBelow(static_cast<int>(row));
  return count;
}

void Orderer::run() {
  const int rows = static_cast<int>(m_graph.rows.size());
  auto best = m_graph.rows;
  long long fewest = crossings();
  const auto keepIfBetter = [&] {
    const long long now = crossings();
    if (now >= fewest) return;
    fewest = now;
    best = m_graph.rows;
  };
  for (int i = 0; i < kSweeps && fewest > 0; ++i) {
    if (i % 2 == 0) {
      for (int row = 1; row < rows; ++row) sweep(m_above, row);
    } else {
      for (int row = rows - 2; row >= 0; --row) sweep(m_below, row);
    }
    keepIfBetter();
  }
  m_graph.rows = best;
  for (int row = 0; row < rows; ++row) number(row);
  for (int i = 0; i < kExchangeRounds && fewest > 0; ++i) {
    bool improved = false;
    for (int row = 0; row < rows; ++row) improved |= exchange(row);
    if (!improved) break;
  }
}

}  // namespace

void orderRows(LayeredGraph& graph) {
  Orderer(graph).run();
}

long long countCrossings(const LayeredGraph& graph) {
  LayeredGraph copy = graph;
  return Orderer(copy).crossings();
}

}  // namespace core::layout
