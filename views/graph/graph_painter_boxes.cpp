// Boxes of the graph: fill, text, badges and marks.

#include "views/graph/graph_painter.h"
#include "views/graph/overlay_paint.h"
#include "views/graph/paint_text.h"

namespace views::graph {

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::Lane;

namespace {

constexpr double kSmallestBadge = 7;  // device pixels
constexpr double kBadgeSize = 10;

bool hasBadges(const Box& box, double scale) {
  return !box.badges.empty() && kBadgeSize * scale >= kSmallestBadge;
}

}  // namespace

void GraphPainter::paintBoxes(QPainter& painter, const QRectF& visible, double scale) const {
  const bool isNear = bandFor(scale) == DetailBand::Near;
  const std::vector<int> boxes = m_scene.geometry().boxIndex().query(toRect(visible));
  for (const int box : boxes) {
    if (m_scene.geometry().boxes[box].kind == BoxKind::Frame || isHidden(box)) continue;
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

const OverlayMark* GraphPainter::overlayMark(int box) const {
  if (!m_marks.overlay) return nullptr;
  const OverlayMark& mark = m_marks.overlay->marks[static_cast<std::size_t>(box)];
  return mark.text.isEmpty() ? nullptr : &mark;
}

/// A block, with its title where that can be read.
void GraphPainter::paintFlatBox(QPainter& painter, int box, double scale) const {
  const Box& it = m_scene.geometry().boxes[box];
  const LaneColors& lane = laneColors(it);
  const QRectF rect = toRectF(it.rect);
  const bool hasTitle = rect.width() * scale >= 40 && rect.height() * scale >= 10;
  const double opacity = isDimmed(box) ? 0.35 : 1;
  const OverlayMark* mark = overlayMark(box);
  const QColor overlay = mark ? overlayColor(*m_marks.overlay, *mark, m_palette) : QColor();
  if (!hasTitle) {
    QColor color = it.kind == BoxKind::Module ? lane.accent : faded(lane.accent, 0.6);
    if (m_marks.overlay) color = overlay.isValid() ? overlay : faded(lane.accent, 0.2);
    painter.fillRect(rect, faded(color, opacity));
    return;
  }
  painter.setPen(QPen(faded(lane.accent, opacity), 0));
  painter.setBrush(faded(it.kind == BoxKind::Module ? lane.fill : m_palette.box, opacity));
  painter.drawRect(rect);
  if (overlay.isValid()) painter.fillRect(rect, faded(overlay, 0.5 * opacity));
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
  if (const OverlayMark* mark = overlayMark(box))
    paintOverlayMark(painter, rect, *m_marks.overlay, *mark, m_palette);
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
  const OverlayMark* mark = overlayMark(box);
  const QString& detail = mark && !mark->text.isEmpty() ? mark->text : text.detail;
  const bool hasDetail = !detail.isEmpty() && titleHeight + detailHeight + 6 <= room;
  const Qt::Alignment alignment = isPin(it.kind) ? Qt::AlignHCenter : Qt::AlignLeft;
  const double corner = titleGrow > 1 && hasMark(it) ? kTextRight - kTextLeft : 0;
  const QRectF line(it.rect.x + kTextLeft, 0, it.rect.width - 2 * kTextLeft - corner, 0);
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
            QRectF(line.x(), detailAt - half, it.rect.width - 2 * kTextLeft, 2 * half), detail,
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

}  // namespace views::graph
