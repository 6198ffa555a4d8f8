#pragma once

// Text of the graph at readable sizes, and small helpers of its painters.

#include <QPainter>

#include "core/layout/graph_geometry.h"

namespace views::graph {

// Text shrinks with the graph down to these sizes, in device pixels; below them less is written.
constexpr double kSmallestTitle = 10;
constexpr double kSmallestDetail = 8.5;
constexpr double kTitleSize = 13;  ///< of the scene's fonts, in units
constexpr double kDetailSize = 11;
/// Of a box's corners, in units.
constexpr double kRadius = 7;

QColor faded(QColor color, double alpha);
/// Inputs, outputs, tangents and gradients.
bool isPin(core::layout::BoxKind kind);
/// How much larger than its scene size a text is painted to keep a smallest size on the device.
double growFor(double size, double smallest, double scale);
/// One line of text, vertically centred in `line` and `grow` times as large as its font. Elided
/// only if it grows: at its own size it was made to fit.
void paintLine(QPainter& painter, const QFont& font, const QRectF& line, const QString& text,
               double grow, Qt::Alignment alignment);

}  // namespace views::graph
