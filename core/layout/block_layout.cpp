// Places of nested blocks.
//
// Every block (the model, or the inside of an expanded call) is laid out alone, innermost first,
// and enters the block around it as one box per lane. The lanes of a block share its rows, and are
// ordered and spread independently. A link that leaves a block does so through a port on its
// border: one port per source box and side. Cost: that of ordering and placing, per block and lane.

#include "core/layout/block_layout.h"

#include <algorithm>
#include <map>

#include "core/layout/lane_graph.h"

namespace core::layout {
namespace {

constexpr int kRowGap = 34;
// A gap grows with the edges that turn in it, so that they can be told apart.
constexpr int kGapPerTurn = 5;
constexpr int kWidestGap = 90;
constexpr int kFrameTop = kFrameTitle + 20;
constexpr int kFrameBottom = 22;
constexpr int kTargetSpread = 18;

struct Span {
  int top = 0;
  int bottom = 0;
  int height() const { return bottom - top; }
};

/// Heights inside a block, from its top border.
struct BlockHeights {
  std::vector<Span> ranks;
  std::vector<Span> rows;
  int height = 0;
};

class BlockPlacer {
 public:
  BlockPlacer(VisibleGraph& graph, const std::vector<BlockRows>& rows, LayoutMemo& memo)
      : m_graph(graph),
        m_rows(rows),
        m_memo(memo),
        m_pieces(cutLinks(graph, rows)),
        m_lanes(graph.blocks.size()),
        m_heights(graph.blocks.size()),
        m_origins(graph.blocks.size()) {}

  Result<LaneLayout> run(const StageContext& context);

 private:
  int heightOf(int element) const;
  std::vector<int> gapsBelow(int block) const;
  std::vector<int> rowHeights(int block) const;
  void measure(int block);
  void placeBlock(int block, int lane, Point origin);
  void placeElement(int block, int lane, int element, Point origin);

  Span rowSpan(int block, Lane lane, int row) const;
  Line pieceLine(const PieceStep& step, Lane lane) const;
  Line flatLine(const BoxLink& link) const;
  Line lineOf(std::size_t link) const;
  void spreadTargets(std::vector<Line>& lines) const;

  VisibleGraph& m_graph;
  const std::vector<BlockRows>& m_rows;
  LayoutMemo& m_memo;
  LinkPieces m_pieces;
  std::vector<std::array<BlockLane, kLanes>> m_lanes;
  std::vector<BlockHeights> m_heights;
  std::vector<std::array<Point, kLanes>> m_origins;
};

int BlockPlacer::heightOf(int element) const {
  const Element& it = m_graph.elements[element];
  if (it.inside >= 0) return m_heights[it.inside].height;
  int height = 0;
  for (const int box : it.box)
    if (box >= 0) height = std::max(height, m_graph.boxes[box].rect.height);
  return height;
}

/// Gaps below the ranks of a block; each grows with the edges of one lane that turn in it.
std::vector<int> BlockPlacer::gapsBelow(int block) const {
  const BlockRows& rows = m_rows[block];
  std::vector<int> most(rows.rankCount(), 0);
  for (int lane = 0; lane < kLanes; ++lane) {
    if (m_lanes[block][lane].isEmpty()) continue;
    const LanePicture& it = *m_lanes[block][lane].picture;
    std::vector<int> turns(it.graph.rows.size(), 0);
    for (const auto& segment : it.graph.segments) {
      turns[it.graph.vertices[segment.upper].row] +=
          it.x[segment.upper] + segment.upperOffset != it.x[segment.lower] + segment.lowerOffset;
    }
    for (int rank = 0; rank < rows.rankCount(); ++rank) {
      const int row = 1 + (lane == 0 ? rank : rows.firstRow[rank] + rows.rows[rank] - 1);
      if (row < static_cast<int>(turns.size())) most[rank] = std::max(most[rank], turns[row]);
    }
  }
  for (int& gap : most) gap = std::min(kWidestGap, kRowGap + kGapPerTurn * std::max(0, gap - 2));
  return most;
}

/// Rows of ranks that hold only one row are as high as their forward ops, too.
std::vector<int> BlockPlacer::rowHeights(int block) const {
  const BlockRows& rows = m_rows[block];
  std::vector<int> heights(rows.rowCount(), 0);
  std::vector<int> forward(rows.rankCount(), 0);
  for (const int e : m_graph.blocks[block].elements) {
    const Element& element = m_graph.elements[e];
    const bool forwardOp = element.call < 0 && element.box[static_cast<int>(Lane::Forward)] >= 0;
    int& height =
        forwardOp ? forward[element.rank] : heights[rows.firstRow[element.rank] + element.sub];
    height = std::max(height, heightOf(e));
  }
  for (int rank = 0; rank < rows.rankCount(); ++rank) {
    int total = kRowGap * (rows.rows[rank] - 1);
    for (int sub = 0; sub < rows.rows[rank]; ++sub) total += heights[rows.firstRow[rank] + sub];
    heights[rows.firstRow[rank]] += std::max(0, forward[rank] - total);
  }
  return heights;
}

void BlockPlacer::measure(int block) {
  const BlockRows& rows = m_rows[block];
  BlockHeights& heights = m_heights[block];
  const std::vector<int> needed = rowHeights(block);
  const std::vector<int> gaps = gapsBelow(block);
  int y = block == 0 ? 0 : kFrameTop;
  for (int rank = 0; rank < rows.rankCount(); ++rank) {
    if (rank > 0) y += gaps[rank - 1];
    Span span{y, y};
    for (int sub = 0; sub < rows.rows[rank]; ++sub) {
      if (sub > 0) y += kRowGap;
      const int height = needed[rows.firstRow[rank] + sub];
      heights.rows.push_back({y, y + height});
      y += height;
    }
    span.bottom = y;
    heights.ranks.push_back(span);
  }
  heights.height = y + (block == 0 ? 0 : kFrameBottom);
}

void BlockPlacer::placeElement(int block, int lane, int element, Point origin) {
  const LanePicture& it = *m_lanes[block][lane].picture;
  const Element& placed = m_graph.elements[element];
  const BlockHeights& heights = m_heights[block];
  const Span rank = heights.ranks[placed.rank];
  const bool forwardOp = placed.call < 0 && lane == static_cast<int>(Lane::Forward);
  const Span row =
      forwardOp ? rank : heights.rows[m_rows[block].firstRow[placed.rank] + placed.sub];
  Box& box = m_graph.boxes[placed.box[lane]];
  if (placed.inside >= 0) {
    box.rect.width = m_lanes[placed.inside][lane].width();
    box.rect.height = m_heights[placed.inside].height;
  }
  const int vertex = m_lanes[block][lane].vertexOf.at(element);
  box.rect.x = origin.x + it.x[vertex] - box.rect.width / 2;
  box.rect.y = origin.y + row.top + (row.height() - box.rect.height) / 2;
  box.rowTop = origin.y + rank.top;
  box.rowBottom = origin.y + rank.bottom;
  if (placed.inside >= 0) placeBlock(placed.inside, lane, {box.rect.x, box.rect.y});
}

void BlockPlacer::placeBlock(int block, int lane, Point origin) {
  m_origins[block][lane] = origin;
  for (const auto& [element, vertex] : m_lanes[block][lane].vertexOf)
    placeElement(block, lane, element, origin);
}

Span BlockPlacer::rowSpan(int block, Lane lane, int row) const {
  const BlockHeights& heights = m_heights[block];
  const auto& spans = lane == Lane::Forward ? heights.ranks : heights.rows;
  const int top = m_origins[block][static_cast<int>(lane)].y;
  // The borders: lines go straight through the title bar.
  if (row == 0) return {top, top + kFrameTitle + 2};
  if (row == static_cast<int>(spans.size()) + 1)
    return {top + heights.height, top + heights.height};
  return {top + spans[row - 1].top, top + spans[row - 1].bottom};
}

/// From the upper end to the lower one: straight through rows, turning between them.
Line BlockPlacer::pieceLine(const PieceStep& step, Lane lane) const {
  const int laneIndex = static_cast<int>(lane);
  const LanePicture& it = *m_lanes[step.block][laneIndex].picture;
  const Piece& piece = m_pieces.pieces[step.block][laneIndex][step.piece];
  const PieceChain& chain = it.chains[step.piece];
  const std::size_t last = chain.vertices.size() - 1;
  const auto boxOf = [&](int element) -> const Box& {
    return m_graph.boxes[m_graph.elements[element].box[laneIndex]];
  };
  Line line;
  for (std::size_t i = 0; i <= last; ++i) {
    const int v = chain.vertices[i];
    Span span = rowSpan(step.block, lane, it.graph.vertices[v].row);
    int x = m_origins[step.block][laneIndex].x + it.x[v];
    if (i == 0) x += chain.upperOffset;
    if (i == last) x += chain.lowerOffset;
    if (i == 0 && piece.upper >= 0) span.top = boxOf(piece.upper).rect.bottom();
    if (i == last && piece.lower >= 0) span.bottom = boxOf(piece.lower).rect.y;
    line.push_back({x, span.top});
    line.push_back({x, span.bottom});
  }
  return line;
}

/// Ends in one row: around the corner, from the side that the lane's values leave.
Line BlockPlacer::flatLine(const BoxLink& link) const {
  constexpr int kCorner = 10;
  const Rect& from = m_graph.boxes[link.source].rect;
  const Rect& to = m_graph.boxes[link.target].rect;
  const bool rises = m_graph.boxes[link.source].lane == Lane::Backward;
  const int leave = rises ? from.y : from.bottom();
  const int reach = rises ? to.bottom() : to.y;
  const int corner = rises ? -kCorner : kCorner;
  return {{from.centerX(), leave},
          {from.centerX(), leave + corner},
          {to.centerX(), reach - corner},
          {to.centerX(), reach}};
}

Line BlockPlacer::lineOf(std::size_t link) const {
  const BoxLink& it = m_graph.links[link];
  const auto& steps = m_pieces.steps[link];
  if (steps.empty()) return flatLine(it);
  Line line;
  for (const PieceStep& step : steps) {
    Line piece = pieceLine(step, m_graph.boxes[it.source].lane);
    if (!step.downwards) std::reverse(piece.begin(), piece.end());
    line.insert(line.end(), piece.begin(), piece.end());
  }
  return line;
}

/// Lines that come from the left reach a box left of its middle, so that several can be told apart;
/// one that comes straight stays straight.
void BlockPlacer::spreadTargets(std::vector<Line>& lines) const {
  std::map<int, std::vector<std::pair<int, std::size_t>>> arriving;  // target -> from x, link
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    if (line.size() >= 4)
      arriving[m_graph.links[i].target].emplace_back(line[line.size() - 3].x, i);
  }
  for (auto& [target, arrivals] : arriving) {
    if (arrivals.size() < 2) continue;
    std::sort(arrivals.begin(), arrivals.end());
    const Rect& rect = m_graph.boxes[target].rect;
    const int step =
        std::min(kTargetSpread, (rect.width / 2 - 16) / static_cast<int>(arrivals.size()));
    const auto isLeft = [&](const auto& arrival) { return arrival.first < rect.centerX(); };
    int offset = -step * static_cast<int>(std::count_if(arrivals.begin(), arrivals.end(), isLeft));
    for (const auto& [fromX, link] : arrivals) {
      if (offset == 0 && fromX > rect.centerX()) offset = step;
      Line& line = lines[link];
      line[line.size() - 1].x += offset;
      line[line.size() - 2].x += offset;
      if (fromX != rect.centerX()) offset += step;
    }
  }
}

Result<LaneLayout> BlockPlacer::run(const StageContext& context) {
  for (int block = static_cast<int>(m_graph.blocks.size()) - 1; block >= 0; --block) {
    CORE_TRY_VOID(context.checkCancelled("layout"));
    for (int lane = 0; lane < kLanes; ++lane)
      m_lanes[block][lane] =
          makeBlockLane(m_graph, m_rows, m_pieces, m_lanes, block, static_cast<Lane>(lane), m_memo);
    measure(block);
  }
  LaneLayout layout;
  layout.height = m_heights[0].height;
  for (int lane = 0; lane < kLanes; ++lane) {
    layout.widths[lane] = m_lanes[0][lane].width();
    if (layout.widths[lane] > 0) placeBlock(0, lane, {0, 0});
  }
  for (std::size_t link = 0; link < m_graph.links.size(); ++link)
    layout.lines.push_back(lineOf(link));
  spreadTargets(layout.lines);
  return layout;
}

}  // namespace

Result<LaneLayout> layoutBlocks(VisibleGraph& graph, const std::vector<BlockRows>& rows,
                                LayoutMemo& memo, const StageContext& context) {
  return BlockPlacer(graph, rows, memo).run(context);
}

}  // namespace core::layout
