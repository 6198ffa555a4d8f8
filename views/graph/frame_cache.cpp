#include "views/graph/frame_cache.h"

#include <QRegion>
#include <cmath>

namespace views::graph {
namespace {

void paintRegion(QPainter& painter, const QRectF& device, const GraphScene& scene,
                 const GraphPalette& palette, const GraphMarks& marks, const Viewport& viewport) {
  painter.save();
  painter.setClipRect(device);
  painter.fillRect(device, palette.background);
  painter.scale(viewport.scale(), viewport.scale());
  painter.translate(-viewport.visible().topLeft());
  const QRectF part(viewport.toScene(device.topLeft()), viewport.toScene(device.bottomRight()));
  // A pen or an arrow head may reach over the border.
  const double reach = 8 / viewport.scale() + 8;
  GraphPainter(scene, palette, marks)
      .paint(painter, part.adjusted(-reach, -reach, reach, reach), viewport.scale(),
             Crowds::Thinned);
  painter.restore();
}

}  // namespace

/// Takes over what is still visible of the last frame and paints the rest.
void FrameCache::renew(const GraphScene& scene, const GraphPalette& palette,
                       const GraphMarks& marks, const Viewport& viewport, double pixelRatio) {
  const QSize size = viewport.size().toSize();
  const QSize pixels = size * pixelRatio;
  const QRect all(QPoint(0, 0), size);
  const QPointF exact = (m_visible.topLeft() - viewport.visible().topLeft()) * viewport.scale();
  const QPoint moved = exact.toPoint();
  const bool isKept = !m_frame.isNull() && m_frame.size() == pixels && m_palette == &palette &&
                      m_scale == viewport.scale() && pixelRatio == std::floor(pixelRatio) &&
                      (exact - QPointF(moved)).manhattanLength() < 0.01;
  QPixmap frame(pixels);
  frame.setDevicePixelRatio(pixelRatio);
  QPainter painter(&frame);
  QRegion missing(all);
  if (isKept) {
    painter.drawPixmap(moved, m_frame);
    missing -= all.translated(moved);
  }
  for (const QRect& part : missing) paintRegion(painter, part, scene, palette, marks, viewport);
  painter.end();
  m_frame = std::move(frame);
}

bool FrameCache::paint(QPainter& painter, const GraphScene& scene, const GraphPalette& palette,
                       const GraphMarks& marks, const Viewport& viewport, double pixelRatio,
                       bool mayScale) {
  const bool isOtherScale = !m_frame.isNull() && m_scale != viewport.scale();
  if (isOtherScale && mayScale && m_palette == &palette) {
    painter.fillRect(QRectF(QPointF(0, 0), viewport.size()), palette.background);
    painter.drawPixmap(
        QRectF(viewport.toDevice(m_visible.topLeft()), viewport.toDevice(m_visible.bottomRight())),
        m_frame, QRectF(m_frame.rect()));
    return false;
  }
  const bool isSame = !m_frame.isNull() && m_visible == viewport.visible() &&
                      m_palette == &palette && m_frame.devicePixelRatio() == pixelRatio;
  if (!isSame) {
    renew(scene, palette, marks, viewport, pixelRatio);
    m_visible = viewport.visible();
    m_scale = viewport.scale();
    m_palette = &palette;
  }
  painter.drawPixmap(0, 0, m_frame);
  return true;
}

}  // namespace views::graph
