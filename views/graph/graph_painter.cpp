#include "views/graph/graph_painter.h"

#include <QtMath>
#include <cmath>

namespace views::graph {

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::Edge;
using core::layout::EdgeKind;
using core::layout::kFrameTitle;
using core::layout::Lane;
using core::layout::LaneArea;

namespace {

constexpr double kRadius = 7;
constexpr double kLaneMargin = 10;

core::layout::Rect toRect(const QRectF& rect) {
  const QRect aligned = rect.toAlignedRect();
  return {aligned.x(), aligned.y(), aligned.width(), aligned.height()};
}

QColor faded(QColor color, double alpha) {
  color.setAlphaF(color.alphaF() * alpha);
  return color;
}

bool isPin(BoxKind kind) {
  return kind != BoxKind::Op && kind != BoxKind::Module && kind != BoxKind::Frame;
}

// Text shrinks with the graph down to these sizes, in device pixels; below them less is written.
constexpr double kSmallestTitle = 10;
constexpr double kSmallestDetail = 8.5;
constexpr double kSmallestBadge = 7;
constexpr double kSmallestLabelScale = 0.5;
constexpr double kTitleSize = 13;
constexpr double kDetailSize = 11;

bool hasBadges(const Box& box, double scale) {
  return !box.badges.empty() && 10 * scale >= kSmallestBadge;
}

/// How much larger than its scene size a text is painted to keep a smallest size on the device.
double growFor(double size, double smallest, double scale) {
  return std::max(1.0, smallest / (size * scale));
}

/// One line of text, vertically centred in `line`, elided only if it was not made for its size.
void paintLine(QPainter& painter, const QFont& font, const QRectF& line, const QString& text,
               double grow, Qt::Alignment alignment) {
  painter.setFont(font);
  if (grow <= 1) {
    painter.drawText(line, alignment | Qt::AlignVCenter, text);
    return;
  }
  painter.save();
  painter.translate(line.topLeft());
  painter.scale(grow, grow);
  const QSizeF room = line.size() / grow;
  painter.drawText(QRectF(QPointF(0, 0), room), alignment | Qt::AlignVCenter,
                   QFontMetricsF(font).elidedText(text, Qt::ElideMiddle, room.width()));
  painter.restore();
}

}  // namespace

DetailBand bandFor(double scale) {
  if (scale < 0.15) return DetailBand::Far;
  return scale < 0.45 ? DetailBand::Middle : DetailBand::Near;
}

double edgeWidth(std::int64_t bytes) {
  if (bytes < 1024) return 1.1;
  return std::min(3.6, 1.1 + 0.2 * (std::log2(static_cast<double>(bytes)) - 10) * 0.9);
}

void GraphPainter::paint(QPainter& painter, const QRectF& visible, double scale) const {
  painter.setRenderHint(QPainter::Antialiasing, bandFor(scale) == DetailBand::Near);
  painter.setRenderHint(QPainter::TextAntialiasing);
  paintLanes(painter, visible);
  paintFrames(painter, visible, scale);
  paintEdges(painter, visible, scale);
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

void GraphPainter::paintEdges(QPainter& painter, const QRectF& visible, double scale) const {
  for (const int edge : m_scene.geometry().edgeIndex().query(toRect(visible)))
    paintEdge(painter, edge, scale, false);
}

void GraphPainter::paintMarked(QPainter& painter, const QRectF& visible, double scale) const {
  painter.setRenderHint(QPainter::Antialiasing, bandFor(scale) == DetailBand::Near);
  for (const int edge : m_scene.geometry().edgeIndex().query(toRect(visible)))
    if (isLit(edge)) paintEdge(painter, edge, scale, true);
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
  if (m_marks.dimOthers && !lit) color = faded(color, 0.3);
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
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(m_scene.pathOf(edge));
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

void GraphPainter::paintBoxes(QPainter& painter, const QRectF& visible, double scale) const {
  const bool isNear = bandFor(scale) == DetailBand::Near;
  const std::vector<int> boxes = m_scene.geometry().boxIndex().query(toRect(visible));
  for (const int box : boxes) {
    if (m_scene.geometry().boxes[box].kind == BoxKind::Frame) continue;
    if (!isNear) {
      paintFlatBox(painter, box, scale);
      continue;
    }
    if (isDimmed(box)) painter.setOpacity(0.35);
    paintBox(painter, box);
    paintBoxText(painter, box, scale);
    if (hasBadges(m_scene.geometry().boxes[box], scale)) paintBadges(painter, box);
    paintMarks(painter, box);
    painter.setOpacity(1);
  }
}

/// A block, with its title where that can be read.
void GraphPainter::paintFlatBox(QPainter& painter, int box, double scale) const {
  const Box& it = m_scene.geometry().boxes[box];
  const LaneColors& lane = laneColors(it);
  const QRectF rect = toRectF(it.rect);
  const bool hasTitle = rect.width() * scale >= 40 && rect.height() * scale >= 10;
  const double opacity = isDimmed(box) ? 0.35 : 1;
  if (!hasTitle) {
    const QColor color = it.kind == BoxKind::Module ? lane.accent : faded(lane.accent, 0.6);
    painter.fillRect(rect, faded(color, opacity));
    return;
  }
  painter.setPen(QPen(faded(lane.accent, opacity), 0));
  painter.setBrush(faded(it.kind == BoxKind::Module ? lane.fill : m_palette.box, opacity));
  painter.drawRect(rect);
  painter.setPen(faded(m_palette.text, opacity));
  paintLine(painter, m_scene.fonts().title, rect.adjusted(3 / scale, 0, -3 / scale, 0),
            m_scene.textOf(box).whole, growFor(kTitleSize, kSmallestTitle - 0.5, scale),
            Qt::AlignHCenter);
}

void GraphPainter::paintBox(QPainter& painter, int box) const {
  const Box& it = m_scene.geometry().boxes[box];
  const LaneColors& lane = laneColors(it);
  const QRectF rect = toRectF(it.rect);
  const double radius = isPin(it.kind) ? std::min(17.0, rect.height() / 2) : kRadius;
  QPen pen(it.kind == BoxKind::Module ? lane.accent : faded(lane.accent, 0.75), 1.2);
  if (it.lane == Lane::Recomputed && it.kind == BoxKind::Op) pen.setStyle(Qt::DashLine);
  painter.setPen(pen);
  painter.setBrush(it.kind == BoxKind::Module ? lane.fill : m_palette.box);
  if (it.kind == BoxKind::Module) {
    // A second sheet behind it says that there is more inside.
    painter.drawRoundedRect(rect.translated(4, 4), radius, radius);
  }
  painter.drawRoundedRect(rect, radius, radius);
  if (it.kind != BoxKind::Op) return;
  painter.save();
  painter.setClipRect(QRectF(rect.left(), rect.top(), 5, rect.height()));
  painter.setPen(Qt::NoPen);
  painter.setBrush(lane.accent);
  painter.drawRoundedRect(rect, radius, radius);
  painter.restore();
}

/// Two lines, or the title alone where both would not fit at a size that can be read.
void GraphPainter::paintBoxText(QPainter& painter, int box, double scale) const {
  const Box& it = m_scene.geometry().boxes[box];
  const BoxText& text = m_scene.textOf(box);
  const double titleGrow = growFor(kTitleSize, kSmallestTitle, scale);
  const double detailGrow = growFor(kDetailSize, kSmallestDetail, scale);
  const double titleHeight = kTitleSize * titleGrow;
  const double detailHeight = kDetailSize * detailGrow;
  const double badges = hasBadges(it, scale) ? kBadgeHeight + 2 : 0;
  const double room = it.rect.height - badges;
  const double middle = it.rect.y + room / 2;
  const bool hasDetail = !text.detail.isEmpty() && titleHeight + detailHeight + 6 <= room;
  const Qt::Alignment alignment = isPin(it.kind) ? Qt::AlignHCenter : Qt::AlignLeft;
  const double mark = titleGrow > 1 && hasMark(it) ? kTextRight - kTextLeft : 0;
  const QRectF line(it.rect.x + kTextLeft, 0, it.rect.width - 2 * kTextLeft - mark, 0);
  const double half = titleHeight / 2 + 3;
  const double titleAt = hasDetail ? middle - detailHeight / 2 - 2 : middle;
  painter.setPen(m_palette.text);
  paintLine(painter, m_scene.fonts().title,
            QRectF(line.x(), titleAt - half, line.width(), 2 * half),
            titleGrow > 1 ? text.whole : text.title, titleGrow, alignment);
  if (!hasDetail) return;
  const double detailAt = middle + titleHeight / 2 + 1.5;
  painter.setPen(m_palette.muted);
  paintLine(painter, m_scene.fonts().detail,
            QRectF(line.x(), detailAt - half, it.rect.width - 2 * kTextLeft, 2 * half), text.detail,
            detailGrow, alignment);
}

void GraphPainter::paintBadges(QPainter& painter, int box) const {
  const Box& it = m_scene.geometry().boxes[box];
  const BoxText& text = m_scene.textOf(box);
  const QFontMetricsF metrics(m_scene.fonts().badge);
  const QColor accent = laneColors(it).accent;
  double x = it.rect.x + kTextLeft;
  const double y = it.rect.bottom() - kBadgeHeight - 5;
  painter.setFont(m_scene.fonts().badge);
  for (const QString& badge : text.badges) {
    const QRectF pill(x, y, metrics.horizontalAdvance(badge) + 12, kBadgeHeight);
    painter.setPen(Qt::NoPen);
    painter.setBrush(faded(accent, 0.16));
    painter.drawRoundedRect(pill, kBadgeHeight / 2.0, kBadgeHeight / 2.0);
    painter.setPen(m_palette.text);
    painter.drawText(pill, Qt::AlignCenter, badge);
    x += pill.width() + 4;
  }
}

/// Marks in the upper right corner: saved, recomputed, and the sign to open a module.
void GraphPainter::paintMarks(QPainter& painter, int box) const {
  const Box& it = m_scene.geometry().boxes[box];
  const QPointF corner(it.rect.right() - 14, it.rect.y + 15);
  if (it.kind == BoxKind::Module) {
    painter.setPen(QPen(laneColors(it).accent, 1.6));
    painter.drawLine(corner - QPointF(4, 0), corner + QPointF(4, 0));
    painter.drawLine(corner - QPointF(0, 4), corner + QPointF(0, 4));
  } else if (it.lane == Lane::Recomputed) {
    paintRecomputeMark(painter, corner, 4.6, m_palette.recomputed.accent);
  } else if (it.saved) {
    paintDiamond(painter, corner, 4.6, m_palette.saved, true);
  }
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
