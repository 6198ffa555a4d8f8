#pragma once

// The whole graph as a file, painted by the code that paints the screen.

#include <QImage>
#include <QSize>
#include <QString>

#include "core/base/result.h"
#include "views/graph/graph_painter.h"

namespace views::graph {

/// Pixels of a bitmap of the scene; large ones are asked about before they are written.
QSize exportSize(const GraphScene& scene, double scale);

/// The picture, lane headings included. Null if it would have more than 30,000 pixels in a
/// direction.
QImage exportImage(const GraphScene& scene, const GraphPalette& palette, double scale);

/// Writes .svg or .pdf (vector, all labels) or .png; the suffix decides. Errors: InvalidArgument
/// (another suffix), OutOfMemory (a bitmap too large; says so and offers SVG), FileNotFound (not
/// writable).
core::Result<void> exportGraph(const GraphScene& scene, const GraphPalette& palette,
                               const QString& path, double scale = 2);

}  // namespace views::graph
