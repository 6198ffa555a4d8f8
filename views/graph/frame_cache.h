#pragma once

// The last painted frame, so that a pan paints only what comes into view, a zoom shows the scaled
// old frame at once, and a new selection or hover repaints nothing but itself.

#include <QPixmap>

#include "views/graph/graph_painter.h"
#include "views/graph/viewport.h"

namespace views::graph {

class FrameCache {
 public:
  /// Paints everything but marks. With `mayScale` a frame of another scale is stretched instead of
  /// painted anew; returns whether the result is sharp.
  bool paint(QPainter& painter, const GraphScene& scene, const GraphPalette& palette,
             const GraphMarks& marks, const Viewport& viewport, double pixelRatio, bool mayScale);
  /// The next frame is painted in full: the scene or what is found changed.
  void clear() { m_frame = {}; }

 private:
  void renew(const GraphScene& scene, const GraphPalette& palette, const GraphMarks& marks,
             const Viewport& viewport, double pixelRatio);

  QPixmap m_frame;
  QRectF m_visible;  ///< what the frame shows, in scene units
  double m_scale = 0;
  const GraphPalette* m_palette = nullptr;
};

}  // namespace views::graph
