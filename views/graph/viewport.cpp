#include "views/graph/viewport.h"

#include <algorithm>

namespace views::graph {
namespace {

constexpr double kFitMargin = 12;  // device pixels
// A person who pans must always find back: so much of the drawing stays visible.
constexpr double kLeastVisible = 80;

double bounded(double scale) {
  return std::clamp(scale, Viewport::kSmallestScale, Viewport::kLargestScale);
}

}  // namespace

void Viewport::zoomAt(QPointF device, double factor) {
  const QPointF fixed = toScene(device);
  m_scale = bounded(m_scale * factor);
  m_origin = fixed - device / m_scale;
  keepInside();
}

void Viewport::fit(QRectF scene, double topInset) {
  if (scene.isEmpty()) return;
  const double wide = (m_size.width() - 2 * kFitMargin) / scene.width();
  const double high = (m_size.height() - topInset - 2 * kFitMargin) / scene.height();
  m_scale = bounded(std::min({wide, high, 1.0}));
  centerOn(scene.center() - QPointF(0, topInset / (2 * m_scale)));
}

void Viewport::centerOn(QPointF scene) {
  m_origin = scene - QPointF(m_size.width(), m_size.height()) / (2 * m_scale);
  keepInside();
}

void Viewport::ensureVisible(QRectF scene) {
  const double margin = 40 / m_scale;
  const QRectF wanted = scene.adjusted(-margin, -margin, margin, margin);
  const QRectF now = visible();
  QPointF center = now.center();
  if (wanted.left() < now.left() || wanted.right() > now.right()) center.setX(scene.center().x());
  if (wanted.top() < now.top() || wanted.bottom() > now.bottom()) center.setY(scene.center().y());
  if (center != now.center()) centerOn(center);
}

void Viewport::showBelow(QPointF scene, double scale, double topInset) {
  m_scale = bounded(scale);
  m_origin = scene - QPointF(m_size.width() / 2, topInset) / m_scale;
  keepInside();
}

void Viewport::keepInside() {
  if (m_bounds.isEmpty()) return;
  const double margin = kLeastVisible / m_scale;
  const QSizeF shown = m_size / m_scale;
  m_origin.setX(
      std::clamp(m_origin.x(), m_bounds.left() + margin - shown.width(),
                 std::max(m_bounds.left() + margin - shown.width(), m_bounds.right() - margin)));
  m_origin.setY(
      std::clamp(m_origin.y(), m_bounds.top() + margin - shown.height(),
                 std::max(m_bounds.top() + margin - shown.height(), m_bounds.bottom() - margin)));
}

}  // namespace views::graph
