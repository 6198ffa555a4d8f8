// Rows of the mirrored picture.
//
// Problem: forward and backward must share rows, an operator beside its backward, and edges should
// be short. Ranking the joint graph as one makes every saved tensor a long edge, whose dummies grow
// with the square of the depth.
//
// Idea: rows come from the forward alone. Inside each block the forward elements are ranked by
// their longest path; sources, and chains that compute from constants alone, sink to the row above
// their first reader. A backward element takes the rank of the forward element it belongs to. Where
// several of one rank feed each other, the rank is stretched to as many rows as their longest
// chain, the last one executed on top, since the backward rises. A module call takes one row of its
// rank in all lanes, so that its halves stay beside each other. Edges that contradict this order do
// not rank; they are only drawn.
//
// Cost: O(V + E) per level of nesting.

#include "core/layout/folded_ranks.h"

#include <algorithm>
#include <limits>
#include <map>

namespace core::layout {
namespace {

class Ranking {
 public:
  Ranking(const SceneParts& parts, VisibleGraph& graph)
      : m_parts(parts),
        m_graph(graph),
        m_below(graph.elements.size()),
        m_fed(graph.elements.size()),
        m_isBound(graph.elements.size()) {}

  std::vector<BlockRows> run();

 private:
  bool isForward(const Element& element) const {
    return element.call >= 0 || element.box[static_cast<int>(Lane::Forward)] >= 0;
  }
  bool isInput(const Element& element) const {
    const int box = element.box[static_cast<int>(Lane::Forward)];
    return element.call < 0 && box >= 0 && m_graph.boxes[box].kind == BoxKind::Input;
  }
  void collectForwardEdges();
  void addForwardEdge(int source, int target);
  void rankForward(const Block& block);
  void rankOthers();
  void stretch();
  BlockRows rowsOf(const Block& block);

  const SceneParts& m_parts;
  VisibleGraph& m_graph;
  std::vector<std::vector<int>> m_below;  ///< forward edges inside blocks, by source element
  std::vector<char> m_fed;                ///< reads something from outside its block
  std::vector<char> m_isBound;            ///< what it reads comes from an input: it does not sink
  std::vector<int> m_chain;               ///< rows below (backward) or above (recomputed) it
};

/// Lifts a forward edge to the block that holds both ends.
void Ranking::addForwardEdge(int source, int target) {
  int a = m_graph.elementOf[source];
  int b = m_graph.elementOf[target];
  const auto depth = [this](int element) {
    int levels = 0;
    for (int e = m_graph.blocks[m_graph.elements[element].block].element; e >= 0;
         e = m_graph.blocks[m_graph.elements[e].block].element)
      ++levels;
    return levels;
  };
  const auto up = [this](int element) {
    return m_graph.blocks[m_graph.elements[element].block].element;
  };
  int da = depth(a);
  int db = depth(b);
  while (m_graph.elements[a].block != m_graph.elements[b].block) {
    if (db >= da) {
      m_fed[b] = 1;
      b = up(b);
      --db;
    } else {
      a = up(a);
      --da;
    }
  }
  if (a != b && m_graph.elements[a].order < m_graph.elements[b].order) m_below[a].push_back(b);
}

void Ranking::collectForwardEdges() {
  for (const BoxLink& link : m_graph.links)
    if (m_graph.boxes[link.source].lane == Lane::Forward) addForwardEdge(link.source, link.target);
  for (auto& below : m_below) {
    std::sort(below.begin(), below.end());
    below.erase(std::unique(below.begin(), below.end()), below.end());
  }
}

void Ranking::rankForward(const Block& block) {
  std::vector<int> order;
  for (const int e : block.elements)
    if (isForward(m_graph.elements[e])) order.push_back(e);
  std::stable_sort(order.begin(), order.end(), [this](int a, int b) {
    return m_graph.elements[a].order < m_graph.elements[b].order;
  });
  for (const int e : order) {
    for (const int below : m_below[e]) {
      int& rank = m_graph.elements[below].rank;
      rank = std::max(rank, m_graph.elements[e].rank + 1);
    }
  }
  for (const int e : order) {
    m_isBound[e] |= m_fed[e];
    const bool bindsReaders = m_isBound[e] || isInput(m_graph.elements[e]);
    for (const int below : m_below[e]) m_isBound[below] |= bindsReaders;
  }
  for (auto e = order.rbegin(); e != order.rend(); ++e) {
    if (m_isBound[*e] || m_below[*e].empty()) continue;
    int first = std::numeric_limits<int>::max();
    for (const int below : m_below[*e]) first = std::min(first, m_graph.elements[below].rank);
    m_graph.elements[*e].rank = first - 1;
  }
}

/// Elements of the other lanes go where their partner is; without one, to the end of their block.
void Ranking::rankOthers() {
  std::vector<int> last(m_graph.blocks.size(), 0);
  for (const Element& element : m_graph.elements)
    if (isForward(element)) last[element.block] = std::max(last[element.block], element.rank);
  for (std::size_t u = 0; u < m_parts.units.units.size(); ++u) {
    const Unit& unit = m_parts.units.units[u];
    Element& element = m_graph.elements[m_graph.elementOf[m_graph.boxOf[u]]];
    if (unit.lane == Lane::Forward || element.call >= 0) continue;
    const int beside =
        unit.partner < 0 ? -1 : m_graph.elementIn(element.block, m_graph.boxOf[unit.partner]);
    element.rank = beside < 0 ? last[element.block] : m_graph.elements[beside].rank;
  }
}

/// Chains inside one rank of one lane. Links are visited in the order of their later end, so the
/// source's chain is final.
void Ranking::stretch() {
  m_chain.assign(m_graph.elements.size(), 0);
  std::vector<std::vector<int>> sources(m_graph.elements.size());
  for (const BoxLink& link : m_graph.links) {
    const int a = m_graph.elementOf[link.source];
    const int b = m_graph.elementOf[link.target];
    const Element& from = m_graph.elements[a];
    const Element& to = m_graph.elements[b];
    const bool inOneRank = from.block == to.block && from.rank == to.rank && from.call < 0 &&
                           to.call < 0 && m_graph.boxes[link.source].lane != Lane::Forward;
    if (inOneRank && from.order < to.order) sources[b].push_back(a);
  }
  for (std::size_t e = 0; e < m_graph.elements.size(); ++e) {
    // Op elements are made in execution order.
    for (const int source : sources[e]) m_chain[e] = std::max(m_chain[e], m_chain[source] + 1);
  }
}

BlockRows Ranking::rowsOf(const Block& block) {
  BlockRows result;
  std::map<std::pair<int, Lane>, int> needed;
  for (const int e : block.elements) {
    const Element& element = m_graph.elements[e];
    if (element.rank >= result.rankCount()) result.rows.resize(element.rank + 1, 1);
    if (isForward(element)) continue;
    const Lane lane =
        element.box[static_cast<int>(Lane::Backward)] >= 0 ? Lane::Backward : Lane::Recomputed;
    int& rows = needed[{element.rank, lane}];
    rows = std::max(rows, m_chain[e] + 1);
    result.rows[element.rank] = std::max(result.rows[element.rank], rows);
  }
  for (const int e : block.elements) {
    Element& element = m_graph.elements[e];
    const int rows = result.rows[element.rank];
    element.sub = (rows - 1) / 2;
    if (isForward(element)) continue;
    const bool backward = element.box[static_cast<int>(Lane::Backward)] >= 0;
    const int used = needed[{element.rank, backward ? Lane::Backward : Lane::Recomputed}];
    const int fromTop = backward ? used - 1 - m_chain[e] : m_chain[e];
    element.sub = (rows - used) / 2 + fromTop;
  }
  int next = 0;
  for (const int rows : result.rows) {
    result.firstRow.push_back(next);
    next += rows;
  }
  return result;
}

std::vector<BlockRows> Ranking::run() {
  collectForwardEdges();
  for (const Block& block : m_graph.blocks) rankForward(block);
  rankOthers();
  stretch();
  std::vector<BlockRows> rows;
  for (const Block& block : m_graph.blocks) rows.push_back(rowsOf(block));
  return rows;
}

}  // namespace

std::vector<BlockRows> rankElements(const SceneParts& parts, VisibleGraph& graph) {
  return Ranking(parts, graph).run();
}

int rowIn(const BlockRows& rows, const Element& element, Lane lane) {
  return lane == Lane::Forward ? element.rank : rows.firstRow[element.rank] + element.sub;
}

}  // namespace core::layout
