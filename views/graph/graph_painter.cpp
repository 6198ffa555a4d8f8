#include "views/graph/graph_painter.h"

#include <QtMath>
#include <cmath>

#include "views/graph/paint_text.h"

namespace views::graph {

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::Edge;
using core::layout::EdgeKind;
using core::layout::kFrameTitle;
using core::layout::Lane;
using core::layout::LaneArea;

namespace {

constexpr double kLaneMargin = 10;
// Below this labels of neighbouring nets would cover each other.
constexpr double kSmallestLabelScale = 0.5;
// Every dash of a line is computed, those beside the screen too.
constexpr double kLongestDashed = 20000;
// More lines on one screen cannot be told apart.
constexpr std::size_t kMostLines = 1500;
constexpr double kMostLength = 2e6;  // device pixels

}  // namespace

DetailBand bandFor(double scale) {
  if (scale < 0.15) return DetailBand::Far;
  return scale < 0.45 ? DetailBand::Middle : DetailBand::Near;
}

double edgeWidth(std::int64_t bytes) {
  if (bytes < 1024) return 1.1;
  return std::min(3.6, 1.1 + 0.2 * (std::log2(static_cast<double>(bytes)) - 10) * 0.9);
}

void GraphPainter::paint(QPainter& painter, const QRectF& visible, double scale,
                         Crowds crowds) const {
  painter.setRenderHint(QPainter::Antialiasing, bandFor(scale) == DetailBand::Near);
  painter.setRenderHint(QPainter::TextAntialiasing);
  paintLanes(painter, visible);
  paintFrames(painter, visible, scale);
  paintEdges(painter, visible, scale, crowds);
  paintBoxes(painter, visible, scale);
  for (const int frame : m_scene.frames())
    if (toRectF(m_scene.geometry().boxes[frame].rect).intersects(visible))
      paintFrameTitle(painter, frame, scale);
}

void GraphPainter::paintLanes(QPainter& painter, const QRectF& visible) const {
  const auto& geometry = m_scene.geometry();
  const double top = visible.top();
  const double height = visible.height();
  for (const LaneArea& lane : geometry.lanes) {
    const QRectF area(lane.left - kLaneMargin, top, lane.right - lane.left + 2 * kLaneMargin,
                      height);
    painter.fillRect(area, m_palette.lane(geometry.picture, lane.lane).tint);
  }
}

const LaneColors& GraphPainter::laneColors(const Box& box) const {
  return m_palette.lane(m_scene.geometry().picture, box.lane);
}

void GraphPainter::paintFrames(QPainter& painter, const QRectF& visible, double scale) const {
  const bool isNear = bandFor(scale) == DetailBand::Near;
  for (const int frame : m_scene.frames()) {
    const Box& box = m_scene.geometry().boxes[frame];
    const QRectF rect = toRectF(box.rect);
    if (!rect.intersects(visible)) continue;
    const LaneColors& lane = laneColors(box);
    painter.setBrush(m_palette.frame);
    painter.setPen(QPen(faded(lane.accent, 0.45), isNear ? 1.0 : 0));
    isNear ? painter.drawRoundedRect(rect, 10, 10) : painter.drawRect(rect);
  }
}

/// Inside the frame, and never smaller on the screen than can be read; a frame too close to the
/// title of the one around it stays without one.
void GraphPainter::paintFrameTitle(QPainter& painter, int frame, double scale) const {
  const Box& box = m_scene.geometry().boxes[frame];
  const double height = kFrameTitle * scale;
  if (height < 9 && (height * 2 < 9 || box.depth > 0)) return;
  const double grow = std::max(1.0, 11.0 / (13 * scale));
  const BoxText& text = m_scene.textOf(frame);
  painter.save();
  painter.translate(box.rect.x + 12, box.rect.y + 18);
  painter.scale(grow, grow);
  const double room = (box.rect.width - 24) / grow;
  const QFontMetricsF metrics(m_scene.fonts().title);
  const QString title = metrics.elidedText(text.title, Qt::ElideMiddle, room);
  painter.setFont(m_scene.fonts().title);
  painter.setPen(laneColors(box).accent);
  painter.drawText(QPointF(0, 0), title);
  const double used = metrics.horizontalAdvance(title) + 10;
  const QFontMetricsF details(m_scene.fonts().detail);
  if (used + details.horizontalAdvance(text.detail) <= room) {
    painter.setFont(m_scene.fonts().detail);
    painter.setPen(m_palette.muted);
    painter.drawText(QPointF(used, 0), text.detail);
  }
  painter.restore();
}

bool GraphPainter::isLit(int edge) const {
  if (edge == m_marks.hoveredEdge) return true;
  const Edge& it = m_scene.geometry().edges[edge];
  const auto isMarked = [this](int box) {
    return box == m_marks.hoveredBox || m_marks.selected.count(box) != 0;
  };
  return isMarked(it.source) || std::any_of(it.targets.begin(), it.targets.end(), isMarked);
}

bool GraphPainter::isEdgeHidden(int edge) const {
  if (m_marks.others != Others::Hidden) return false;
  const Edge& it = m_scene.geometry().edges[edge];
  const auto isEndHidden = [this](int box) { return isHidden(box); };
  return isHidden(it.source) || std::any_of(it.targets.begin(), it.targets.end(), isEndHidden);
}

void GraphPainter::paintEdges(QPainter& painter, const QRectF& visible, double scale,
                              Crowds crowds) const {
  std::vector<int> edges;
  for (const int edge : m_scene.geometry().edgeIndex().query(toRect(visible)))
    if (!isEdgeHidden(edge)) edges.push_back(edge);
  if (crowds == Crowds::Thinned && isCrowd(edges, scale)) return paintCrowd(painter, edges, false);
  for (const int edge : edges) paintEdge(painter, edge, scale, false);
}

/// Curves with a width cost by their length, also where they are off the screen.
bool GraphPainter::isCrowd(const std::vector<int>& edges, double scale) const {
  if (edges.size() > kMostLines) return true;
  double length = 0;
  for (const int edge : edges) {
    for (const auto& line : m_scene.geometry().edges[edge].lines) {
      length += std::abs(line.front().x - line.back().x) + std::abs(line.front().y - line.back().y);
    }
  }
  return length * scale > kMostLength;
}

/// So many lines cover each other: every n-th of them, straight and thin, looks the same and does
/// not stop the window.
void GraphPainter::paintCrowd(QPainter& painter, const std::vector<int>& edges, bool lit) const {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing, false);
  for (std::size_t i = 0; i < edges.size(); i += edges.size() / kMostLines + 1) {
    const Edge& it = m_scene.geometry().edges[edges[i]];
    painter.setPen(QPen(lit ? m_palette.selection : m_palette.edgeColor(it.kind), 0));
    const auto& line = it.lines[i % it.lines.size()];
    for (std::size_t k = 1; k < line.size(); ++k)
      painter.drawLine(line[k - 1].x, line[k - 1].y, line[k].x, line[k].y);
  }
  painter.restore();
}

void GraphPainter::paintMarked(QPainter& painter, const QRectF& visible, double scale) const {
  painter.setRenderHint(QPainter::Antialiasing, bandFor(scale) == DetailBand::Near);
  std::vector<int> lit;
  for (const int edge : m_scene.geometry().edgeIndex().query(toRect(visible)))
    if (isLit(edge)) lit.push_back(edge);
  if (isCrowd(lit, scale)) {
    paintCrowd(painter, lit, true);
  } else {
    for (const int edge : lit) paintEdge(painter, edge, scale, true);
  }
  const auto& geometry = m_scene.geometry();
  const int mirror = m_marks.primary < 0 ? -1 : geometry.mirrorOf(m_marks.primary);
  for (const int box : geometry.boxIndex().query(toRect(visible)))
    paintOutline(painter, box, box == mirror, scale);
}

void GraphPainter::paintEdge(QPainter& painter, int edge, double scale, bool lit) const {
  const Edge& it = m_scene.geometry().edges[edge];
  const DetailBand band = bandFor(scale);
  if (band == DetailBand::Far && it.kind == EdgeKind::SavedStatic) return;
  QColor color =
      lit && it.kind == EdgeKind::Data ? m_palette.selection : m_palette.edgeColor(it.kind);
  if (it.kind == EdgeKind::SavedStatic && !lit) color = faded(color, 0.75);
  if (m_marks.others == Others::Paler && !lit) color = faded(color, 0.3);
  double width = it.kind == EdgeKind::SavedStatic ? 1.0 : edgeWidth(it.bytes);
  if (it.kind == EdgeKind::Recompute) width = 1.4;
  if (lit) width += 1.2;
  // Thinner than a pixel is paler: good for the many data edges, not for what is to be seen.
  const double thinnest = it.kind == EdgeKind::Saved ? 1.0 : 0.6;
  QPen pen(color, band == DetailBand::Near ? width : std::max(width, thinnest / scale));
  pen.setCapStyle(Qt::FlatCap);
  if (it.kind == EdgeKind::Recompute) pen.setDashPattern({1.5, 2.5});
  if (it.kind == EdgeKind::SavedStatic) pen.setDashPattern({4, 3});
  if (it.kind == EdgeKind::Crossing) pen.setDashPattern({7, 3});
  const QPainterPath& path = m_scene.pathOf(edge);
  const QRectF extent = path.controlPointRect();
  if (std::max(extent.width(), extent.height()) > kLongestDashed) pen.setStyle(Qt::SolidLine);
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(path);
  if (band != DetailBand::Near) return;
  paintArrow(painter, edge);
  if (it.isNet) paintNetLabel(painter, edge, scale, lit);
}

/// Arrow heads at the last point of every line.
void GraphPainter::paintArrow(QPainter& painter, int edge) const {
  const Edge& it = m_scene.geometry().edges[edge];
  painter.setBrush(painter.pen().color());
  painter.setPen(Qt::NoPen);
  for (const auto& line : it.lines) {
    if (line.size() < 2) continue;
    const QPointF tip(line.back().x, line.back().y);
    // The last stretch has no length where a box fills its row; a curve arrives straight.
    std::size_t k = line.size() - 2;
    while (k > 0 && line[k].y == line.back().y && (!it.isNet || line[k].x == line.back().x)) --k;
    const QPointF from = it.isNet ? QPointF(line[k].x, line[k].y) : QPointF(tip.x(), line[k].y);
    const QLineF arm(tip, from);
    if (arm.length() <= 0) continue;
    const QPointF along = (from - tip) / arm.length();
    const QPointF across(-along.y(), along.x());
    const QPointF head[] = {tip, tip + along * 7 + across * 3.6, tip + along * 7 - across * 3.6};
    painter.drawConvexPolygon(head, 3);
  }
}

void GraphPainter::paintNetLabel(QPainter& painter, int edge, double scale, bool lit) const {
  const Edge& it = m_scene.geometry().edges[edge];
  if (it.kind == EdgeKind::Data) return;
  const QColor color = m_palette.edgeColor(it.kind);
  const QPointF at(it.labelAt.x + 4, it.labelAt.y);
  const QString text = scale < kSmallestLabelScale ? QString() : oneLine(it.label);
  const double grow = growFor(kDetailSize, kSmallestDetail, scale);
  const QFontMetricsF metrics(m_scene.fonts().detail);
  const double width = text.isEmpty() ? 0 : metrics.horizontalAdvance(text) * grow + 5;
  painter.setPen(Qt::NoPen);
  painter.setBrush(m_palette.background);
  painter.drawRect(QRectF(at.x() - 7, at.y() - 7, width + 15, 14));
  if (it.kind == EdgeKind::Recompute) {
    paintRecomputeMark(painter, at, 4.2, color);
  } else {
    paintDiamond(painter, at, 4.6, color, it.kind == EdgeKind::Saved);
  }
  if (text.isEmpty()) return;
  painter.setPen(lit ? m_palette.selection : m_palette.text);
  paintLine(painter, m_scene.fonts().detail, QRectF(at.x() + 9, at.y() - 12, width + 8, 24), text,
            grow, Qt::AlignLeft);
}

/// Frames of found, hovered and selected boxes, and of the selected one's mirror side; at least
/// 4 px large on the device in every band.
void GraphPainter::paintOutline(QPainter& painter, int box, bool isMirror, double scale) const {
  const bool isSelected = m_marks.selected.count(box) != 0;
  const bool isFound = m_marks.found.count(box) != 0;
  if (!isSelected && !isFound && !isMirror && box != m_marks.hoveredBox) return;
  QRectF rect = toRectF(m_scene.geometry().boxes[box].rect);
  const double least = 4 / scale;
  const double grow = std::max({2.0, (least - rect.width()) / 2, (least - rect.height()) / 2});
  rect.adjust(-grow, -grow, grow, grow);
  const bool isPrimary = box == m_marks.primary;
  double width = isPrimary ? 3 : 2;
  QColor color = m_palette.hover;
  Qt::PenStyle style = Qt::SolidLine;
  if (isFound) {
    color = m_palette.found;
    style = Qt::DashLine;
  }
  if (isMirror) {
    color = m_palette.selection;
    style = Qt::DotLine;
  }
  if (isSelected) {
    color = m_palette.selection;
    style = Qt::SolidLine;
  }
  QPen pen(color, std::max(width, width / scale * 0.7), style);
  painter.setPen(pen);
  painter.setBrush(bandFor(scale) == DetailBand::Near ? QBrush(Qt::NoBrush)
                                                      : QBrush(faded(color, 0.5)));
  painter.drawRoundedRect(rect, kRadius + 2, kRadius + 2);
}

void paintDiamond(QPainter& painter, QPointF center, double radius, const QColor& color,
                  bool isFilled) {
  const QPointF corners[] = {center + QPointF(0, -radius), center + QPointF(radius, 0),
                             center + QPointF(0, radius), center + QPointF(-radius, 0)};
  painter.setPen(isFilled ? QPen(Qt::NoPen) : QPen(color, 1.3));
  painter.setBrush(isFilled ? QBrush(color) : QBrush(Qt::NoBrush));
  painter.drawConvexPolygon(corners, 4);
}

void paintRecomputeMark(QPainter& painter, QPointF center, double radius, const QColor& color) {
  const QRectF circle(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(color, 1.5));
  painter.drawArc(circle, 30 * 16, 290 * 16);
  const QPointF tip = center + QPointF(radius * qCos(qDegreesToRadians(30.0)),
                                       -radius * qSin(qDegreesToRadians(30.0)));
  const QPointF head[] = {tip + QPointF(-3.2, 0.2), tip + QPointF(1.6, 2.2),
                          tip + QPointF(1.6, -3)};
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawConvexPolygon(head, 3);
}

}  // namespace views::graph
