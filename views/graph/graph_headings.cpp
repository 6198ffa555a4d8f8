#include "views/graph/graph_headings.h"

#include <QFontMetricsF>

#include "core/layout/box_text.h"

namespace views::graph {
namespace {

using core::layout::EdgeKind;
using core::layout::GraphGeometry;
using core::layout::Lane;
using core::layout::LaneArea;
using core::layout::Picture;

struct Heading {
  double left = 0;  ///< scene units
  double right = 0;
  QString title;
  QString detail;
  QColor color;
};

Heading gutterHeading(const GraphGeometry& geometry, const GraphPalette& palette) {
  std::size_t count = 0;
  std::int64_t bytes = 0;
  bool isDecided = false;
  for (const auto& edge : geometry.edges) {
    if (edge.kind != EdgeKind::Saved && edge.kind != EdgeKind::Crossing) continue;
    isDecided |= edge.kind == EdgeKind::Saved;
    count += edge.values.size();
    bytes += edge.bytes;
  }
  const auto& gutter = geometry.gutter;
  const QString title = isDecided ? QStringLiteral("SAVED") : QStringLiteral("CROSSING");
  const QString detail = QStringLiteral("%1 · %2").arg(
      QString::number(count), QString::fromStdString(core::layout::bytesText(bytes)));
  return {double(gutter.x), double(gutter.right()), title, detail, palette.saved};
}

std::vector<Heading> headingsOf(const GraphGeometry& geometry, const GraphPalette& palette) {
  std::vector<Heading> headings;
  for (const LaneArea& lane : geometry.lanes) {
    headings.push_back(
        {double(lane.left), double(lane.right), laneTitle(geometry.picture, lane.lane),
         QStringLiteral("%1 ops").arg(lane.ops), palette.lane(geometry.picture, lane.lane).accent});
  }
  if (!geometry.gutter.isEmpty()) headings.push_back(gutterHeading(geometry, palette));
  return headings;
}

/// In the middle of what is visible of the lane; shorter, or left out, where there is no room.
void paintHeading(QPainter& painter, const Heading& heading, const GraphPalette& palette,
                  const Viewport& viewport, const QFont& font) {
  const double left = std::max(4.0, viewport.toDevice({heading.left, 0}).x());
  const double right =
      std::min(viewport.size().width() - 4, viewport.toDevice({heading.right, 0}).x());
  QFont bold = font;
  bold.setWeight(QFont::DemiBold);
  const QFontMetricsF titles(bold);
  const QFontMetricsF details(font);
  const double titleWidth = titles.horizontalAdvance(heading.title);
  if (right - left < titleWidth) return;
  const double full = titleWidth + 8 + details.horizontalAdvance(heading.detail);
  const bool hasDetail = full <= right - left;
  double x = (left + right - (hasDetail ? full : titleWidth)) / 2;
  const double base = (kHeadingHeight + titles.ascent() - titles.descent()) / 2;
  painter.setFont(bold);
  painter.setPen(heading.color);
  painter.drawText(QPointF(x, base), heading.title);
  if (!hasDetail) return;
  x += titleWidth + 8;
  painter.setFont(font);
  painter.setPen(palette.muted);
  painter.drawText(QPointF(x, base), heading.detail);
}

}  // namespace

QString laneTitle(Picture picture, Lane lane) {
  switch (lane) {
    case Lane::Forward:
      // A backward alone is drawn as any graph is: downwards.
      return picture == Picture::Backward ? QStringLiteral("BACKWARD ↓")
                                          : QStringLiteral("FORWARD ↓");
    case Lane::Recomputed: return QStringLiteral("RECOMPUTED ↓");
    case Lane::Backward: return QStringLiteral("BACKWARD ↑");
  }
  return {};
}

void paintHeadings(QPainter& painter, const GraphGeometry& geometry, const GraphPalette& palette,
                   const Viewport& viewport, const QFont& font) {
  QColor strip = palette.background;
  strip.setAlpha(236);
  painter.fillRect(QRectF(0, 0, viewport.size().width(), kHeadingHeight), strip);
  painter.setPen(QPen(palette.edge, 0.6));
  painter.drawLine(QPointF(0, kHeadingHeight), QPointF(viewport.size().width(), kHeadingHeight));
  for (const Heading& heading : headingsOf(geometry, palette))
    paintHeading(painter, heading, palette, viewport, font);
}

}  // namespace views::graph
