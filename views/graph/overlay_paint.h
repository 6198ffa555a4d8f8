#pragma once

// How an overlay looks: amounts are a bar and a tint, categories a colour and a pattern.

#include <QPainter>

#include "views/graph/graph_palette.h"
#include "views/graph/legend.h"
#include "views/graph/overlay.h"

namespace views::graph {

/// Over the fill of a box, below its text.
void paintOverlayMark(QPainter& painter, const QRectF& box, const Overlay& overlay,
                      const OverlayMark& mark, const GraphPalette& palette);
/// One colour for the whole box, where it is too small for more; invalid if the mark says nothing.
QColor overlayColor(const Overlay& overlay, const OverlayMark& mark, const GraphPalette& palette);
/// What the legend says about it; of an overlay without figures, that there are none.
std::vector<LegendEntry> overlayLegend(const Overlay& overlay);

}  // namespace views::graph
