#pragma once

// How a graph is shown first: from its first row of boxes, as large as its columns allow.

#include <QPointF>
#include <QSizeF>

#include "core/layout/graph_geometry.h"

namespace views::graph {

struct FirstView {
  QPointF top;  ///< scene: the middle of the upper edge of what is to be seen
  double scale = 1;
};

/// The largest scale up to 100 % at which the boxes that are then on a screen of `device` pixels
/// fit its width. Where none does, the first row of boxes is in the middle at a readable scale.
FirstView firstView(const core::layout::GraphGeometry& geometry, QSizeF device);

}  // namespace views::graph
