// x of vertices in rows, after Brandes and Koepf, "Fast and simple horizontal coordinate
// assignment" (2001), with the compaction on a graph of blocks that dagre uses instead of the
// paper's (whose flaws its erratum of 2020 describes), and with widths and ports as in Rueegg et
// al., "Size- and port-aware horizontal node coordinate assignment" (2015).
//
// Idea: align every vertex with a median neighbour of the row above (then below), sweeping from the
// left (then from the right), so that vertices form vertical blocks; inner segments of long edges
// win conflicts and become straight. Push the blocks together. Of the four answers each vertex gets
// the mean of the two in the middle. Cost: O(V + E log E), a fixed number of passes.

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "core/base/check.h"
#include "core/layout/layered_graph.h"

namespace core::layout {
namespace {

struct Neighbour {
  int vertex = 0;
  int shift = 0;  ///< x of the other vertex minus x of this one when the segment is vertical
};

/// One of the four alignments. `mirrored` rows are read from the right, and x is negated.
class Alignment {
 public:
  Alignment(const LayeredGraph& graph, const std::set<std::pair<int, int>>& conflicts, int gap,
            bool downwards, bool mirrored);
  std::vector<int> run();

 private:
  void align();
  void alignVertex(int vertex, int& limit);
  std::vector<int> compact() const;

  const LayeredGraph& m_graph;
  const std::set<std::pair<int, int>>& m_conflicts;
  int m_gap;
  bool m_downwards;
  bool m_mirrored;
  std::vector<std::vector<int>> m_rows;
  std::vector<std::vector<Neighbour>> m_neighbours;  ///< in the row aligned with, by position
  std::vector<int> m_position;
  std::vector<int> m_root;
  std::vector<int> m_shift;  ///< x of a vertex minus x of its block's root
};

Alignment::Alignment(const LayeredGraph& graph, const std::set<std::pair<int, int>>& conflicts,
                     int gap, bool downwards, bool mirrored)
    : m_graph(graph),
      m_conflicts(conflicts),
      m_gap(gap),
      m_downwards(downwards),
      m_mirrored(mirrored),
      m_rows(graph.rows),
      m_neighbours(graph.vertices.size()),
      m_position(graph.vertices.size()),
      m_root(graph.vertices.size()),
      m_shift(graph.vertices.size(), 0) {
  for (auto& row : m_rows) {
    if (mirrored) std::reverse(row.begin(), row.end());
    for (std::size_t i = 0; i < row.size(); ++i) m_position[row[i]] = static_cast<int>(i);
  }
  const int sign = mirrored ? -1 : 1;
  for (const auto& segment : graph.segments) {
    const int shift = sign * (segment.lowerOffset - segment.upperOffset);
    if (downwards) {
      m_neighbours[segment.lower].push_back({segment.upper, shift});
    } else {
      m_neighbours[segment.upper].push_back({segment.lower, -shift});
    }
  }
  for (auto& neighbours : m_neighbours) {
    std::stable_sort(neighbours.begin(), neighbours.end(),
                     [this](const Neighbour& a, const Neighbour& b) {
                       return m_position[a.vertex] < m_position[b.vertex];
                     });
  }
  for (std::size_t v = 0; v < m_root.size(); ++v) m_root[v] = static_cast<int>(v);
}

void Alignment::alignVertex(int vertex, int& limit) {
  const auto& neighbours = m_neighbours[vertex];
  if (neighbours.empty()) return;
  const std::size_t last = neighbours.size() - 1;
  for (const std::size_t median : {last / 2, (last + 1) / 2}) {
    const Neighbour& other = neighbours[median];
    const auto pair = std::minmax(vertex, other.vertex);
    if (m_conflicts.count({pair.first, pair.second}) || limit >= m_position[other.vertex]) continue;
    m_root[vertex] = m_root[other.vertex];
    m_shift[vertex] = m_shift[other.vertex] - other.shift;
    limit = m_position[other.vertex];
    return;
  }
}

void Alignment::align() {
  const int count = static_cast<int>(m_rows.size());
  for (int i = 0; i < count; ++i) {
    int limit = -1;
    for (const int vertex : m_rows[m_downwards ? i : count - 1 - i]) alignVertex(vertex, limit);
  }
}

/// Longest paths over the graph of blocks: first as far left as possible, then as far right as the
/// blocks to the right allow.
std::vector<int> Alignment::compact() const {
  struct Push {
    int block;
    int distance;
  };
  const std::size_t count = m_root.size();
  std::vector<std::vector<Push>> right(count), left(count);
  std::vector<int> waiting(count, 0);
  for (const auto& row : m_rows) {
    for (std::size_t i = 1; i < row.size(); ++i) {
      const int a = row[i - 1];
      const int b = row[i];
      const int distance = m_shift[a] + m_graph.separation(a, b, m_gap) - m_shift[b];
      right[m_root[a]].push_back({m_root[b], distance});
      left[m_root[b]].push_back({m_root[a], distance});
      ++waiting[m_root[b]];
    }
  }
  std::vector<int> order;
  for (std::size_t v = 0; v < count; ++v)
    if (m_root[v] == static_cast<int>(v) && waiting[v] == 0) order.push_back(static_cast<int>(v));
  for (std::size_t i = 0; i < order.size(); ++i)
    for (const Push& push : right[order[i]])
      if (--waiting[push.block] == 0) order.push_back(push.block);
  std::vector<int> x(count, 0);
  for (const int block : order) {
    int place = std::numeric_limits<int>::min();
    for (const Push& push : left[block]) place = std::max(place, x[push.block] + push.distance);
    x[block] = left[block].empty() ? 0 : place;
  }
  for (auto block = order.rbegin(); block != order.rend(); ++block) {
    int limit = std::numeric_limits<int>::max();
    for (const Push& push : right[*block]) limit = std::min(limit, x[push.block] - push.distance);
    if (!right[*block].empty()) x[*block] = std::max(x[*block], limit);
  }
  const auto roots = std::count_if(m_root.begin(), m_root.end(),
                                   [v = 0](int root) mutable { return root == v++; });
  CORE_CHECK(static_cast<long>(order.size()) == roots, "blocks of a layout form a circle");
  return x;
}

std::vector<int> Alignment::run() {
  align();
  const std::vector<int> blocks = compact();
  std::vector<int> x(m_root.size());
  for (std::size_t v = 0; v < x.size(); ++v) {
    x[v] = blocks[m_root[v]] + m_shift[v];
    if (m_mirrored) x[v] = -x[v];
  }
  return x;
}

/// Pairs of vertices whose segment crosses an inner segment of a long edge (type 1 conflicts).
std::set<std::pair<int, int>> findConflicts(const LayeredGraph& graph) {
  std::vector<int> position(graph.vertices.size());
  for (const auto& row : graph.rows)
    for (std::size_t i = 0; i < row.size(); ++i) position[row[i]] = static_cast<int>(i);
  const auto isInner = [&graph](const LayeredGraph::Segment& segment) {
    return graph.vertices[segment.upper].isDummy && graph.vertices[segment.lower].isDummy;
  };
  std::vector<std::vector<const LayeredGraph::Segment*>> inner(graph.rows.size());
  for (const auto& segment : graph.segments)
    if (isInner(segment)) inner[graph.vertices[segment.upper].row].push_back(&segment);
  std::set<std::pair<int, int>> conflicts;
  for (const auto& segment : graph.segments) {
    if (isInner(segment)) continue;
    for (const auto* other : inner[graph.vertices[segment.upper].row]) {
      const int above = position[segment.upper] - position[other->upper];
      const int below = position[segment.lower] - position[other->lower];
      if ((above < 0 && below > 0) || (above > 0 && below < 0)) {
        const auto pair = std::minmax(segment.upper, segment.lower);
        conflicts.insert({pair.first, pair.second});
      }
    }
  }
  return conflicts;
}

struct Extent {
  int left = std::numeric_limits<int>::max();
  int right = std::numeric_limits<int>::min();
  int width() const { return right - left; }
};

Extent extentOf(const LayeredGraph& graph, const std::vector<int>& x) {
  Extent extent;
  for (std::size_t v = 0; v < x.size(); ++v) {
    const int half = (graph.vertices[v].width + 1) / 2;
    extent.left = std::min(extent.left, x[v] - half);
    extent.right = std::max(extent.right, x[v] + half);
  }
  return extent;
}

}  // namespace

std::vector<int> placeVertices(const LayeredGraph& graph, int gap) {
  if (graph.vertices.empty()) return {};
  const auto conflicts = findConflicts(graph);
  std::array<std::vector<int>, 4> candidates;
  std::array<Extent, 4> extents;
  std::size_t narrowest = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    candidates[i] = Alignment(graph, conflicts, gap, i < 2, i % 2 == 1).run();
    extents[i] = extentOf(graph, candidates[i]);
    if (extents[i].width() < extents[narrowest].width()) narrowest = i;
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const int move = i % 2 == 0 ? extents[narrowest].left - extents[i].left
                                : extents[narrowest].right - extents[i].right;
    for (int& x : candidates[i]) x += move;
  }
  std::vector<int> x(graph.vertices.size());
  for (std::size_t v = 0; v < x.size(); ++v) {
    std::array<int, 4> places{};
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = candidates[i][v];
    std::sort(places.begin(), places.end());
    x[v] = (places[1] + places[2]) >> 1;  // rounds down for negative places too
  }
  shortenSegments(graph, gap, x);
  const int left = extentOf(graph, x).left;
  for (int& place : x) place -= left;
  return x;
}

}  // namespace core::layout
