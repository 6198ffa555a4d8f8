#pragma once

// A graph so small that boxes are points: written into the pixels, without a painter.

#include <QImage>

#include "views/graph/graph_palette.h"
#include "views/graph/graph_scene.h"

namespace views::graph {

/// The whole scene, scaled into `pixels` (device pixels). Boxes have their lane's colour, collapsed
/// modules a stronger one; nets over the gutter are lines.
QImage farPicture(const GraphScene& scene, const GraphPalette& palette, QSize pixels);

}  // namespace views::graph
