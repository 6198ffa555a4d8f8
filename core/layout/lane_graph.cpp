#include "core/layout/lane_graph.h"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace core::layout {
namespace {

constexpr int kBoxGap = 28;
constexpr int kFramePadding = 16;
constexpr int kPortWidth = 12;
constexpr int kDummyWidth = 14;
constexpr int kSmallestFrame = 240;
// Long edges cost a dummy for every row they pass. Where there are no modules to align rows, their
// number grows with the square of the depth: beyond this many an element (and a few for all) the
// longest edges take no room in rows and are drawn straight, behind the boxes.
constexpr long long kDummiesPerElement = 12;
constexpr long long kDummiesForAll = 4000;

class LaneMaker {
 public:
  LaneMaker(const VisibleGraph& graph, const std::vector<BlockRows>& rows, const LinkPieces& pieces,
            const std::vector<std::array<BlockLane, kLanes>>& lanes, int block, Lane lane)
      : m_graph(graph),
        m_rows(rows[block]),
        m_pieces(pieces.pieces[block][static_cast<int>(lane)]),
        m_lanes(lanes),
        m_block(block),
        m_lane(lane) {}

  BlockLane make();

 private:
  void addElements();
  int port(Side side, int source);
  int endVertex(const Piece& piece, int element, Side border);
  int offset(const Piece& piece, int element, Side side) const;
  int anchorOffset(int element) const;
  void addPiece(const Piece& piece, bool isDirect);
  std::vector<char> findDirect();
  int rowOf(int element, int border) const;
  void orderAndPlace();
  void place();
  int chooseAnchor() const;

  const VisibleGraph& m_graph;
  const BlockRows& m_rows;
  const std::vector<Piece>& m_pieces;
  const std::vector<std::array<BlockLane, kLanes>>& m_lanes;
  int m_block;
  Lane m_lane;
  std::map<std::pair<int, int>, int> m_parallel;  ///< upper and lower end -> pieces
  BlockLane m_result;
};

void LaneMaker::addElements() {
  const int lane = static_cast<int>(m_lane);
  std::vector<int> order;
  for (const int e : m_graph.blocks[m_block].elements)
    if (m_graph.elements[e].box[lane] >= 0) order.push_back(e);
  std::stable_sort(order.begin(), order.end(), [this](int a, int b) {
    return m_graph.elements[a].order < m_graph.elements[b].order;
  });
  for (const int e : order) {
    const Element& element = m_graph.elements[e];
    const int width = element.inside >= 0 ? m_lanes[element.inside][lane].width
                                          : m_graph.boxes[element.box[lane]].rect.width;
    m_result.vertexOf[e] =
        m_result.graph.addVertex(1 + rowIn(m_rows, element, m_lane), width, false);
  }
}

int LaneMaker::port(Side side, int source) {
  const auto known = m_result.portOf.find({side, source});
  if (known != m_result.portOf.end()) return known->second;
  const int last = m_lane == Lane::Forward ? m_rows.rankCount() : m_rows.rowCount();
  const int vertex = m_result.graph.addVertex(side == Side::Top ? 0 : last + 1, kPortWidth, true);
  m_result.portOf[{side, source}] = vertex;
  return vertex;
}

int LaneMaker::endVertex(const Piece& piece, int element, Side border) {
  return element < 0 ? port(border, piece.source) : m_result.vertexOf.at(element);
}

/// Where a piece meets an element, from the element's middle: at the port of an open block.
int LaneMaker::offset(const Piece& piece, int element, Side side) const {
  if (element < 0 || m_graph.elements[element].inside < 0) return 0;
  const BlockLane& inside = m_lanes[m_graph.elements[element].inside][static_cast<int>(m_lane)];
  return inside.x[inside.portOf.at({side, piece.source})] - inside.width / 2;
}

/// Neighbours above and below are aligned with one place of an open block, not each with its port:
/// a chain of blocks that are left elsewhere than entered would drift aside at every block.
int LaneMaker::anchorOffset(int element) const {
  if (element < 0 || m_graph.elements[element].inside < 0) return 0;
  const BlockLane& inside = m_lanes[m_graph.elements[element].inside][static_cast<int>(m_lane)];
  return inside.anchor - inside.width / 2;
}

int LaneMaker::rowOf(int element, int border) const {
  return element < 0 ? border : 1 + rowIn(m_rows, m_graph.elements[element], m_lane);
}

/// Per piece: whether it is drawn straight, because shorter ones have used up the dummies.
std::vector<char> LaneMaker::findDirect() {
  const int lastRow = 1 + (m_lane == Lane::Forward ? m_rows.rankCount() : m_rows.rowCount());
  std::vector<std::pair<int, std::size_t>> bySpan;
  for (std::size_t i = 0; i < m_pieces.size(); ++i)
    bySpan.emplace_back(rowOf(m_pieces[i].lower, lastRow) - rowOf(m_pieces[i].upper, 0), i);
  std::sort(bySpan.begin(), bySpan.end());
  long long left =
      kDummiesForAll + kDummiesPerElement * static_cast<long long>(m_result.vertexOf.size());
  std::vector<char> isDirect(m_pieces.size(), 0);
  for (const auto& [span, i] : bySpan) {
    left -= span - 1;
    isDirect[i] = left < 0;
  }
  return isDirect;
}

void LaneMaker::addPiece(const Piece& piece, bool isDirect) {
  const int upper = endVertex(piece, piece.upper, Side::Top);
  const int lower = endVertex(piece, piece.lower, Side::Bottom);
  const int lastRow = m_result.graph.vertices[lower].row;
  PieceChain chain{
      {upper}, offset(piece, piece.upper, Side::Bottom), offset(piece, piece.lower, Side::Top)};
  for (int row = m_result.graph.vertices[upper].row + 1; row < lastRow && !isDirect; ++row)
    chain.vertices.push_back(m_result.graph.addVertex(row, kDummyWidth, true));
  chain.vertices.push_back(lower);
  const std::size_t last = chain.vertices.size() - 1;
  // Beside a forward the rows come from there and are short chains: ports may be followed, unless
  // several pieces join the same two elements and no choice makes all of them straight.
  const bool followsPorts = m_lane != Lane::Forward;
  const bool isAlone = m_parallel[{piece.upper, piece.lower}] == 1;
  const int portUpper = isAlone ? chain.upperOffset : 0;
  const int portLower = isAlone ? chain.lowerOffset : 0;
  const int upperOffset = followsPorts ? portUpper : anchorOffset(piece.upper);
  const int lowerOffset = followsPorts ? portLower : anchorOffset(piece.lower);
  const bool isLong = lastRow - m_result.graph.vertices[upper].row > 1;
  for (std::size_t i = 1; i <= last && !(isDirect && isLong); ++i) {
    m_result.graph.segments.push_back({chain.vertices[i - 1], chain.vertices[i],
                                       i == 1 ? upperOffset : 0, i == last ? lowerOffset : 0});
  }
  m_result.chains.push_back(std::move(chain));
}

/// Orders from two starts, long edges to the right and to the left of all boxes, and keeps the one
/// with fewer crossings; of two as good, the one with the shorter and narrower picture.
void LaneMaker::orderAndPlace() {
  LayeredGraph& graph = m_result.graph;
  LayeredGraph other = graph;
  for (auto& row : other.rows) {
    std::stable_partition(row.begin(), row.end(),
                          [&](int vertex) { return other.vertices[vertex].isDummy; });
  }
  orderRows(graph);
  orderRows(other);
  const long long crossings = countCrossings(graph);
  const long long otherCrossings = countCrossings(other);
  if (otherCrossings < crossings) std::swap(graph, other);
  m_result.x = placeVertices(graph, kBoxGap);
  if (otherCrossings != crossings || other.rows == graph.rows) return;
  std::vector<int> x = placeVertices(other, kBoxGap);
  if (placementCost(other, x) >= placementCost(graph, m_result.x)) return;
  std::swap(graph, other);
  m_result.x = std::move(x);
}

void LaneMaker::place() {
  orderAndPlace();
  int right = 0;
  for (std::size_t v = 0; v < m_result.x.size(); ++v)
    right = std::max(right, m_result.x[v] + (m_result.graph.vertices[v].width + 1) / 2);
  const int padding = m_block == 0 ? 0 : kFramePadding;
  m_result.width = right + 2 * padding;
  int shift = padding;
  if (m_block != 0 && m_result.width < kSmallestFrame) {
    shift += (kSmallestFrame - m_result.width) / 2;
    m_result.width = kSmallestFrame;
  }
  for (int& x : m_result.x) x += shift;
  m_result.anchor = chooseAnchor();
}

/// Where a line enters above a place where one leaves, both can be straight: of such places the one
/// nearest to the middle. Elsewhere the middle itself, so that the block is not wide to one side.
int LaneMaker::chooseAnchor() const {
  const int middle = m_result.width / 2;
  std::set<int> tops, bottoms;
  for (const auto& [key, vertex] : m_result.portOf)
    (key.first == Side::Top ? tops : bottoms).insert(m_result.x[vertex]);
  int anchor = middle;
  int nearest = m_result.width;
  for (const int x : tops) {
    const auto below = bottoms.lower_bound(x - kPortWidth);
    const bool isStraight = below != bottoms.end() && *below <= x + kPortWidth;
    if (!isStraight || std::abs(x - middle) >= nearest) continue;
    nearest = std::abs(x - middle);
    anchor = x;
  }
  return anchor;
}

BlockLane LaneMaker::make() {
  addElements();
  if (m_result.isEmpty()) return {};
  for (const Piece& piece : m_pieces) ++m_parallel[{piece.upper, piece.lower}];
  const std::vector<char> isDirect = findDirect();
  for (std::size_t i = 0; i < m_pieces.size(); ++i) addPiece(m_pieces[i], isDirect[i]);
  place();
  return std::move(m_result);
}

}  // namespace

BlockLane makeBlockLane(const VisibleGraph& graph, const std::vector<BlockRows>& rows,
                        const LinkPieces& pieces,
                        const std::vector<std::array<BlockLane, kLanes>>& lanes, int block,
                        Lane lane) {
  return LaneMaker(graph, rows, pieces, lanes, block, lane).make();
}

}  // namespace core::layout
