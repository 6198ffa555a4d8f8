#pragma once

// Which part of the scene is on the screen.

#include <QPointF>
#include <QRectF>
#include <QSizeF>

namespace views::graph {

class Viewport {
 public:
  static constexpr double kSmallestScale = 0.02;
  static constexpr double kLargestScale = 4;

  double scale() const { return m_scale; }
  QPointF toDevice(QPointF scene) const { return (scene - m_origin) * m_scale; }
  QPointF toScene(QPointF device) const { return device / m_scale + m_origin; }
  /// What is visible, in scene units.
  QRectF visible() const { return {m_origin, m_size / m_scale}; }
  QSizeF size() const { return m_size; }

  void setSize(QSizeF device) { m_size = device; }
  /// The scene; panning keeps a part of it on the screen.
  void setBounds(QRectF scene) {
    m_bounds = scene;
    keepInside();
  }
  void panBy(QPointF device) {
    m_origin -= device / m_scale;
    keepInside();
  }
  /// Scales by `factor` and keeps the scene point under `device` where it is.
  void zoomAt(QPointF device, double factor);
  /// Shows all of `scene`, at most at 100 %, in the middle of what is below `topInset` (device
  /// pixels that something else covers).
  void fit(QRectF scene, double topInset = 0);
  void centerOn(QPointF scene);
  /// Brings `scene` to the middle in each direction in which it is not visible with a margin.
  void ensureVisible(QRectF scene);
  /// Puts `scene` into the middle of the line that is `topInset` device pixels below the top.
  void showBelow(QPointF scene, double scale, double topInset);

 private:
  void keepInside();

  QPointF m_origin;
  QSizeF m_size{1, 1};
  QRectF m_bounds;
  double m_scale = 1;
};

}  // namespace views::graph
