#include "core/layout/lane_graph.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "core/layout/layout_memo.h"

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

class LaneDrawer {
 public:
  explicit LaneDrawer(const LaneInput& input) : m_input(input) {}

  LanePicture draw();

 private:
  int port(Side side, int source);
  int endVertex(int element, Side border, int source);
  int rowOf(int element, int border) const;
  void addJoin(const LaneInput::Join& join, bool isDirect);
  std::vector<char> findDirect() const;
  void orderAndPlace();
  void place();
  int chooseAnchor() const;

  const LaneInput& m_input;
  std::map<std::pair<int, int>, int> m_parallel;  ///< upper and lower end -> pieces
  LanePicture m_picture;
};

int LaneDrawer::port(Side side, int source) {
  const auto known = m_picture.portOf.find({side, source});
  if (known != m_picture.portOf.end()) return known->second;
  const int row = side == Side::Top ? 0 : m_input.lastRow;
  const int vertex = m_picture.graph.addVertex(row, kPortWidth, true);
  m_picture.portOf[{side, source}] = vertex;
  return vertex;
}

int LaneDrawer::endVertex(int element, Side border, int source) {
  return element < 0 ? port(border, source) : element;
}

int LaneDrawer::rowOf(int element, int border) const {
  return element < 0 ? border : m_input.elements[element].row;
}

/// Per piece: whether it is drawn straight, because shorter ones have used up the dummies.
std::vector<char> LaneDrawer::findDirect() const {
  std::vector<std::pair<int, std::size_t>> bySpan;
  for (std::size_t i = 0; i < m_input.joins.size(); ++i) {
    const LaneInput::Join& join = m_input.joins[i];
    bySpan.emplace_back(rowOf(join.lower, m_input.lastRow) - rowOf(join.upper, 0), i);
  }
  std::sort(bySpan.begin(), bySpan.end());
  long long left =
      kDummiesForAll + kDummiesPerElement * static_cast<long long>(m_input.elements.size());
  std::vector<char> isDirect(m_input.joins.size(), 0);
  for (const auto& [span, i] : bySpan) {
    left -= span - 1;
    isDirect[i] = left < 0;
  }
  return isDirect;
}

void LaneDrawer::addJoin(const LaneInput::Join& join, bool isDirect) {
  LayeredGraph& graph = m_picture.graph;
  const int upper = endVertex(join.upper, Side::Top, join.source);
  const int lower = endVertex(join.lower, Side::Bottom, join.source);
  const int lastRow = graph.vertices[lower].row;
  PieceChain chain{{upper}, join.upperPort, join.lowerPort};
  for (int row = graph.vertices[upper].row + 1; row < lastRow && !isDirect; ++row)
    chain.vertices.push_back(graph.addVertex(row, kDummyWidth, true));
  chain.vertices.push_back(lower);
  const std::size_t last = chain.vertices.size() - 1;
  // Beside a forward the rows come from there and are short chains: ports may be followed, unless
  // several pieces join the same two elements and no choice makes all of them straight.
  const bool followsPorts = !m_input.isForward;
  const bool isAlone = m_parallel[{join.upper, join.lower}] == 1;
  const int portUpper = isAlone ? join.upperPort : 0;
  const int portLower = isAlone ? join.lowerPort : 0;
  const int upperOffset = followsPorts ? portUpper : join.upperAnchor;
  const int lowerOffset = followsPorts ? portLower : join.lowerAnchor;
  const bool isLong = lastRow - graph.vertices[upper].row > 1;
  for (std::size_t i = 1; i <= last && !(isDirect && isLong); ++i) {
    graph.segments.push_back({chain.vertices[i - 1], chain.vertices[i], i == 1 ? upperOffset : 0,
                              i == last ? lowerOffset : 0});
  }
  m_picture.chains.push_back(std::move(chain));
}

/// Orders from two starts, long edges to the right and to the left of all boxes, and keeps the one
/// with fewer crossings; of two as good, the one with the shorter and narrower picture.
void LaneDrawer::orderAndPlace() {
  LayeredGraph& graph = m_picture.graph;
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
  m_picture.x = placeVertices(graph, kBoxGap);
  if (otherCrossings != crossings || other.rows == graph.rows) return;
  std::vector<int> x = placeVertices(other, kBoxGap);
  if (placementCost(other, x) >= placementCost(graph, m_picture.x)) return;
  std::swap(graph, other);
  m_picture.x = std::move(x);
}

void LaneDrawer::place() {
  orderAndPlace();
  int right = 0;
  for (std::size_t v = 0; v < m_picture.x.size(); ++v)
    right = std::max(right, m_picture.x[v] + (m_picture.graph.vertices[v].width + 1) / 2);
  const int padding = m_input.isModel ? 0 : kFramePadding;
  m_picture.width = right + 2 * padding;
  int shift = padding;
  if (!m_input.isModel && m_picture.width < kSmallestFrame) {
    shift += (kSmallestFrame - m_picture.width) / 2;
    m_picture.width = kSmallestFrame;
  }
  for (int& x : m_picture.x) x += shift;
  m_picture.anchor = chooseAnchor();
}

/// Where a line enters above a place where one leaves, both can be straight: of such places the one
/// nearest to the middle. Elsewhere the middle itself, so that the block is not wide to one side.
int LaneDrawer::chooseAnchor() const {
  const int middle = m_picture.width / 2;
  std::set<int> tops, bottoms;
  for (const auto& [key, vertex] : m_picture.portOf)
    (key.first == Side::Top ? tops : bottoms).insert(m_picture.x[vertex]);
  int anchor = middle;
  int nearest = m_picture.width;
  for (const int x : tops) {
    const auto below = bottoms.lower_bound(x - kPortWidth);
    const bool isStraight = below != bottoms.end() && *below <= x + kPortWidth;
    if (!isStraight || std::abs(x - middle) >= nearest) continue;
    nearest = std::abs(x - middle);
    anchor = x;
  }
  return anchor;
}

LanePicture LaneDrawer::draw() {
  for (const LaneInput::Element& element : m_input.elements)
    m_picture.graph.addVertex(element.row, element.width, false);
  for (const LaneInput::Join& join : m_input.joins) ++m_parallel[{join.upper, join.lower}];
  const std::vector<char> isDirect = findDirect();
  for (std::size_t i = 0; i < m_input.joins.size(); ++i)
    addJoin(m_input.joins[i], isDirect[i] != 0);
  place();
  return std::move(m_picture);
}

/// Says what is in a lane of a block, without names.
class LaneDescriber {
 public:
  LaneDescriber(const VisibleGraph& graph, const BlockRows& rows,
                const std::vector<std::array<BlockLane, kLanes>>& lanes, int block, Lane lane)
      : m_graph(graph), m_rows(rows), m_lanes(lanes), m_block(block), m_lane(lane) {}

  LaneInput describe(const std::vector<Piece>& pieces, BlockLane& result);

 private:
  void addElements(LaneInput& input, BlockLane& result) const;
  const BlockLane* inside(int element) const {
    const int block = element < 0 ? -1 : m_graph.elements[element].inside;
    return block < 0 ? nullptr : &m_lanes[block][static_cast<int>(m_lane)];
  }
  int portOffset(int element, Side side, int source) const;
  int anchorOffset(int element) const;

  const VisibleGraph& m_graph;
  const BlockRows& m_rows;
  const std::vector<std::array<BlockLane, kLanes>>& m_lanes;
  int m_block;
  Lane m_lane;
};

void LaneDescriber::addElements(LaneInput& input, BlockLane& result) const {
  const int lane = static_cast<int>(m_lane);
  std::vector<int> order;
  for (const int e : m_graph.blocks[m_block].elements)
    if (m_graph.elements[e].box[lane] >= 0) order.push_back(e);
  std::stable_sort(order.begin(), order.end(), [this](int a, int b) {
    return m_graph.elements[a].order < m_graph.elements[b].order;
  });
  for (const int e : order) {
    const Element& element = m_graph.elements[e];
    const BlockLane* block = inside(e);
    const int width = block ? block->width() : m_graph.boxes[element.box[lane]].rect.width;
    result.vertexOf[e] = static_cast<int>(input.elements.size());
    input.elements.push_back({1 + rowIn(m_rows, element, m_lane), width});
  }
}

/// Where a piece meets an element, from the element's middle: at the port of an open block.
int LaneDescriber::portOffset(int element, Side side, int source) const {
  const BlockLane* block = inside(element);
  return block ? block->portX(side, source) - block->width() / 2 : 0;
}

/// Neighbours above and below are aligned with one place of an open block, not each with its port:
/// a chain of blocks that are left elsewhere than entered would drift aside at every block.
int LaneDescriber::anchorOffset(int element) const {
  const BlockLane* block = inside(element);
  return block ? block->picture->anchor - block->width() / 2 : 0;
}

LaneInput LaneDescriber::describe(const std::vector<Piece>& pieces, BlockLane& result) {
  LaneInput input;
  input.isModel = m_block == 0;
  input.isForward = m_lane == Lane::Forward;
  input.lastRow = 1 + (input.isForward ? m_rows.rankCount() : m_rows.rowCount());
  addElements(input, result);
  if (input.elements.empty()) return input;
  const auto vertex = [&result](int element) {
    return element < 0 ? -1 : result.vertexOf.at(element);
  };
  for (const Piece& piece : pieces) {
    const int number = static_cast<int>(result.sourceOf.size());
    const int source = result.sourceOf.emplace(piece.source, number).first->second;
    input.joins.push_back({vertex(piece.upper), vertex(piece.lower), source,
                           portOffset(piece.upper, Side::Bottom, piece.source),
                           portOffset(piece.lower, Side::Top, piece.source),
                           anchorOffset(piece.upper), anchorOffset(piece.lower)});
  }
  return input;
}

}  // namespace

LanePicture drawLane(const LaneInput& input) {
  return LaneDrawer(input).draw();
}

BlockLane makeBlockLane(const VisibleGraph& graph, const std::vector<BlockRows>& rows,
                        const LinkPieces& pieces,
                        const std::vector<std::array<BlockLane, kLanes>>& lanes, int block,
                        Lane lane, LayoutMemo& memo) {
  BlockLane result;
  LaneInput input = LaneDescriber(graph, rows[block], lanes, block, lane)
                        .describe(pieces.pieces[block][static_cast<int>(lane)], result);
  if (!input.elements.empty()) result.picture = memo.pictureOf(std::move(input));
  return result;
}

}  // namespace core::layout
