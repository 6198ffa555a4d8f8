#pragma once

// The headings above the lanes. They stay at the top of the window while the graph moves below.

#include <QPainter>

#include "views/graph/graph_palette.h"
#include "views/graph/viewport.h"

namespace views::graph {

/// Height of the strip of headings, in device pixels.
constexpr int kHeadingHeight = 30;

/// Which lane it is, and where its values flow.
QString laneTitle(core::layout::Picture picture, core::layout::Lane lane);

void paintHeadings(QPainter& painter, const core::layout::GraphGeometry& geometry,
                   const GraphPalette& palette, const Viewport& viewport, const QFont& font);

}  // namespace views::graph
