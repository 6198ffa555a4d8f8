#pragma once

// The way from one picture to the next: boxes move to their new place, appear, or fade.

#include <QColor>
#include <QPainter>
#include <QRectF>
#include <QString>
#include <vector>

#include "views/graph/graph_palette.h"
#include "views/graph/graph_scene.h"
#include "views/graph/viewport.h"

namespace views::graph {

/// One box on the way, in device pixels.
struct GlidingBox {
  QRectF from;
  QRectF to;
  double opacityFrom = 1;
  double opacityTo = 1;
  core::layout::BoxKind kind = core::layout::BoxKind::Op;
  core::layout::Lane lane = core::layout::Lane::Forward;  ///< whose colours it has
  int depth = 0;
  QString title;
};

class Glide {
 public:
  /// The boxes that are on the screen before or after. What is inside a module that opens comes out
  /// of its box, and goes into it when it closes. Empty if there are too many to move smoothly.
  Glide(const GraphScene& before, const Viewport& was, const GraphScene& after, const Viewport& is);

  const std::vector<GlidingBox>& boxes() const { return m_boxes; }
  /// The picture at `progress` (0: before, 1: after). Lines are left out: they have no way between.
  void paint(QPainter& painter, const GraphPalette& palette, double progress) const;

 private:
  void addArriving(const GraphScene& before, const Viewport& was, const GraphScene& after,
                   const Viewport& is);
  void addLeaving(const GraphScene& before, const Viewport& was, const GraphScene& after,
                  const Viewport& is);

  core::layout::Picture m_picture;
  std::vector<GlidingBox> m_boxes;
};

}  // namespace views::graph
