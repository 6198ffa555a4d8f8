#include "views/graph/overlay_paint.h"

#include <array>
#include <cmath>

#include "views/graph/paint_text.h"

namespace views::graph {
namespace {

constexpr double kBarHeight = 4;
constexpr double kStrongestTint = 0.55;
// Neighbouring numbers differ in both, so that colour is never the only signal.
constexpr double kGoldenAngle = 137.508;
constexpr std::array kPatterns{Qt::BDiagPattern, Qt::Dense6Pattern, Qt::FDiagPattern,
                               Qt::HorPattern, Qt::DiagCrossPattern};

QColor categoryColor(const Overlay& overlay, int category, const GraphPalette& palette) {
  if (overlay.kind == OverlayKind::Fate)
    return category == 0 ? palette.saved : palette.recomputed.accent;
  const bool isDark = palette.background.lightness() < 128;
  const int hue = static_cast<int>(std::fmod(category * kGoldenAngle, 360));
  return QColor::fromHsl(hue, 150, isDark ? 160 : 110);
}

Qt::BrushStyle patternOf(int category) {
  return kPatterns[static_cast<std::size_t>(category) % kPatterns.size()];
}

/// What to do for figures that are not there.
QString whatIsMissing(OverlayKind kind) {
  const QString name = overlayName(kind);
  switch (kind) {
    case OverlayKind::Kernels: return Legend::tr("%1: no kernels yet; generate them").arg(name);
    case OverlayKind::EagerTime:
    case OverlayKind::CompiledTime:
      return Legend::tr("%1: no profile yet; profile a step on the Run page").arg(name);
    case OverlayKind::Error:
      return Legend::tr("%1: nothing compared yet; run both, or find the first difference")
          .arg(name);
    case OverlayKind::None:
    case OverlayKind::Time:
    case OverlayKind::Bytes:
    case OverlayKind::Flops:
    case OverlayKind::Fate: break;
  }
  return Legend::tr("%1: nothing is known here").arg(name);
}

}  // namespace

QColor overlayColor(const Overlay& overlay, const OverlayMark& mark, const GraphPalette& palette) {
  if (mark.category >= 0) return categoryColor(overlay, mark.category, palette);
  // The eye tells areas apart by their roots.
  if (mark.share >= 0) return faded(palette.heat, 0.1 + 0.9 * std::sqrt(mark.share));
  return {};
}

void paintOverlayMark(QPainter& painter, const QRectF& box, const Overlay& overlay,
                      const OverlayMark& mark, const GraphPalette& palette) {
  painter.setPen(Qt::NoPen);
  if (mark.category >= 0) {
    const QColor color = categoryColor(overlay, mark.category, palette);
    painter.setBrush(faded(color, 0.18));
    painter.drawRoundedRect(box, kRadius, kRadius);
    painter.setBrush(QBrush(faded(color, 0.4), patternOf(mark.category)));
    painter.drawRoundedRect(box, kRadius, kRadius);
  }
  if (mark.share < 0) return;
  painter.setBrush(faded(palette.heat, kStrongestTint * std::sqrt(mark.share)));
  painter.drawRoundedRect(box, kRadius, kRadius);
  const QRectF bar(box.left() + kRadius, box.bottom() - kBarHeight - 1,
                   (box.width() - 2 * kRadius) * mark.share, kBarHeight);
  painter.fillRect(bar, palette.heat);
}

std::vector<LegendEntry> overlayLegend(const Overlay& overlay) {
  std::vector<LegendEntry> entries;
  if (overlay.kind == OverlayKind::None) return entries;
  const QString name = overlayName(overlay.kind);
  const auto add = [&entries, &overlay](const QString& text, double share, int category) {
    Overlay look;
    look.kind = overlay.kind;
    entries.push_back({text, [=](QPainter& p, const GraphPalette& c, QPointF at) {
                         const QRectF box(at.x() - 18, at.y() - 7, 36, 14);
                         paintOverlayMark(p, box, look, {share, category, {}}, c);
                       }});
  };
  if (!overlay.largest.isEmpty()) {
    const QString most = Legend::tr("%1: up to %2").arg(name, overlay.largest);
    add(overlay.note.isEmpty() ? most : QStringLiteral("%1 (%2)").arg(most, overlay.note), 1, -1);
    if (overlay.smallest.isEmpty()) {
      add(Legend::tr("%1: a quarter of that").arg(name), 0.25, -1);
    } else {
      add(Legend::tr("%1: %2 or less").arg(name, overlay.smallest), 0, -1);
    }
  }
  for (std::size_t i = 0; i < overlay.categories.size(); ++i)
    add(QStringLiteral("%1: %2").arg(name, overlay.categories[i]), -1, static_cast<int>(i));
  if (!entries.empty()) return entries;
  return {{whatIsMissing(overlay.kind), [](QPainter&, const GraphPalette&, QPointF) {}}};
}

}  // namespace views::graph
