// Shorter lines between rows.
//
// Problem: Brandes and Koepf's coordinates are straight where they can be, but blocks of vertices
// that were aligned too early, or pushed aside by others, leave lines longer than they need to be.
//
// Idea: with the order in rows fixed, the least total width of all segments is a linear program
// (Gansner et al., 1993): vertices in a row keep their distance, and a segment costs how far its
// ends are from being above each other. The network simplex method starts from the coordinates that
// are there, so that few pivots are left to do, and the work is bounded by the size of the graph:
// very large rows keep what they have. Where several places of a vertex cost the same, the one in
// the middle of its neighbours is taken.

#include <algorithm>

#include "core/layout/layered_graph.h"
#include "core/layout/network_simplex.h"

namespace core::layout {
namespace {

// Of the picture's width: a chain of blocks, with a few lines between them, is not to drift aside.
constexpr int kBorderWeight = 3;
// Beyond this many vertices and segments even the first tree takes too long.
constexpr std::size_t kMostParts = 120'000;
constexpr long long kWorkPerPart = 5'000;
constexpr long long kMostWork = 30'000'000;
constexpr int kBalanceRounds = 2;

class Shortener {
 public:
  Shortener(const LayeredGraph& graph, int gap, std::vector<int>& x)
      : m_graph(graph), m_gap(gap), m_x(x) {}

  void run();

 private:
  std::vector<int> shortest() const;
  void addBorders(std::vector<Distance>& distances, std::vector<int>& values) const;
  void keepApart();
  void findNeighbours();
  void balance(const std::vector<int>& row, std::size_t position);
  std::pair<int, int> bestPlaces(int vertex);

  struct Pull {
    int vertex = 0;
    int shift = 0;  ///< x of this vertex minus x of the other one when the segment is vertical
    bool isAbove = false;
  };

  const LayeredGraph& m_graph;
  int m_gap;
  std::vector<int>& m_x;
  std::vector<std::vector<Pull>> m_pulls;
  std::vector<std::pair<int, bool>> m_wanted;  ///< of one vertex: x and whether from above
};

/// Nodes left and right of all rows, which cost their distance: without them a long chain of blocks
/// that are left elsewhere than entered would drift aside at every block.
void Shortener::addBorders(std::vector<Distance>& distances, std::vector<int>& values) const {
  const auto [low, high] = std::minmax_element(m_x.begin(), m_x.end());
  const int left = static_cast<int>(values.size());
  const int right = left + 1;
  int widest = 0;
  for (const auto& vertex : m_graph.vertices) widest = std::max(widest, vertex.width);
  values.push_back(*low - widest);
  values.push_back(*high + widest);
  distances.push_back({left, right, 0, kBorderWeight});
  for (const auto& row : m_graph.rows) {
    if (row.empty()) continue;
    distances.push_back({left, row.front(), (m_graph.vertices[row.front()].width + 1) / 2, 0});
    distances.push_back({row.back(), right, (m_graph.vertices[row.back()].width + 1) / 2, 0});
  }
}

/// A segment becomes a node that both its ends keep right of: the cheapest place of that node is
/// tight to one end, and its distance to the other is the segment's width.
std::vector<int> Shortener::shortest() const {
  std::vector<Distance> distances;
  std::vector<int> values = m_x;
  for (const auto& row : m_graph.rows)
    for (std::size_t i = 1; i < row.size(); ++i)
      distances.push_back({row[i - 1], row[i], m_graph.separation(row[i - 1], row[i], m_gap), 0});
  for (const auto& segment : m_graph.segments) {
    const int node = static_cast<int>(values.size());
    values.push_back(std::min(m_x[segment.upper] + segment.upperOffset,
                              m_x[segment.lower] + segment.lowerOffset));
    distances.push_back({node, segment.upper, -segment.upperOffset, 1});
    distances.push_back({node, segment.lower, -segment.lowerOffset, 1});
  }
  addBorders(distances, values);
  const long long parts = static_cast<long long>(values.size());
  values = shortestValues(distances, std::move(values), std::min(kMostWork, kWorkPerPart * parts));
  values.resize(m_x.size());
  return values;
}

void Shortener::findNeighbours() {
  m_pulls.resize(m_graph.vertices.size());
  for (const auto& segment : m_graph.segments) {
    const int shift = segment.upperOffset - segment.lowerOffset;
    m_pulls[segment.lower].push_back({segment.upper, shift, true});
    m_pulls[segment.upper].push_back({segment.lower, -shift, false});
  }
}

/// The places of the vertex that cost the same as the one it has: between two neighbours on the
/// same side. Elsewhere one line stays straight if the vertex stays where it is.
std::pair<int, int> Shortener::bestPlaces(int vertex) {
  const int now = m_x[vertex];
  m_wanted.clear();
  for (const Pull& pull : m_pulls[vertex])
    m_wanted.emplace_back(m_x[pull.vertex] + pull.shift, pull.isAbove);
  std::stable_sort(m_wanted.begin(), m_wanted.end());
  const std::size_t half = m_wanted.size() / 2;
  if (half == 0 || m_wanted.size() % 2 == 1) return {now, now};
  if (m_wanted[half - 1].second != m_wanted[half].second) return {now, now};
  return {m_wanted[half - 1].first, m_wanted[half].first};
}

void Shortener::balance(const std::vector<int>& row, std::size_t position) {
  const int vertex = row[position];
  auto [low, high] = bestPlaces(vertex);
  if (low >= high || m_x[vertex] < low || m_x[vertex] > high) return;
  const int middle = low + (high - low) / 2;
  int place = middle;
  if (position > 0) {
    const int left = row[position - 1];
    place = std::max(place, m_x[left] + m_graph.separation(left, vertex, m_gap));
  }
  if (position + 1 < row.size()) {
    const int right = row[position + 1];
    place = std::min(place, m_x[right] - m_graph.separation(vertex, right, m_gap));
  }
  if (std::abs(place - middle) < std::abs(m_x[vertex] - middle)) m_x[vertex] = place;
}

/// The places that are given may be a unit too near each other, as means of rounded ones are.
void Shortener::keepApart() {
  for (const auto& row : m_graph.rows) {
    for (std::size_t i = 1; i < row.size(); ++i) {
      const int nearest = m_x[row[i - 1]] + m_graph.separation(row[i - 1], row[i], m_gap);
      m_x[row[i]] = std::max(m_x[row[i]], nearest);
    }
  }
}

void Shortener::run() {
  if (m_graph.vertices.size() + m_graph.segments.size() > kMostParts) return;
  keepApart();
  std::vector<int> shortened = shortest();
  if (placementCost(m_graph, shortened) < placementCost(m_graph, m_x)) m_x = std::move(shortened);
  findNeighbours();
  for (int round = 0; round < kBalanceRounds; ++round)
    for (const auto& row : m_graph.rows)
      for (std::size_t i = 0; i < row.size(); ++i) balance(row, i);
}

}  // namespace

long long placementCost(const LayeredGraph& graph, const std::vector<int>& x) {
  if (x.empty()) return 0;
  const auto [left, right] = std::minmax_element(x.begin(), x.end());
  long long total = static_cast<long long>(*right - *left) * kBorderWeight;
  for (const auto& segment : graph.segments) {
    total +=
        std::abs(x[segment.lower] + segment.lowerOffset - x[segment.upper] - segment.upperOffset);
  }
  return total;
}

void shortenSegments(const LayeredGraph& graph, int gap, std::vector<int>& x) {
  Shortener(graph, gap, x).run();
}

}  // namespace core::layout
