#pragma once

// Colours of the graph, light and dark. Colour is never the only signal: lanes have places and
// headings, nets have line styles, saved and recomputed values have marks.

#include <QColor>
#include <QPalette>

#include "core/layout/graph_geometry.h"

namespace views::graph {

struct LaneColors {
  QColor tint;    ///< of the lane's area
  QColor fill;    ///< of collapsed modules
  QColor accent;  ///< borders and the bar of a box
};

struct GraphPalette {
  QColor background;
  QColor box;  ///< fill of ops and pins
  QColor text;
  QColor muted;  ///< second lines
  QColor frame;  ///< fill of frames, translucent so that nesting shows
  QColor edge;
  QColor saved;     ///< saved tensors
  QColor resident;  ///< parameters that the backward reads
  QColor gutter;
  QColor selection;
  QColor hover;
  QColor found;  ///< search hits
  QColor heat;   ///< amounts of an overlay
  LaneColors forward;
  LaneColors recomputed;
  LaneColors backward;

  const LaneColors& lane(core::layout::Lane lane) const;
  /// The lane's in this picture: a backward that is drawn alone has the backward's colours.
  const LaneColors& lane(core::layout::Picture picture, core::layout::Lane lane) const;
  QColor edgeColor(core::layout::EdgeKind kind) const;

  static const GraphPalette& light();
  static const GraphPalette& dark();
  /// The one that suits the widgets around: dark if their window colour is.
  static const GraphPalette& suiting(const QPalette& palette);
};

}  // namespace views::graph
