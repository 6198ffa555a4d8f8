#include "views/graph/paint_text.h"

#include <QFontMetricsF>
#include <algorithm>

namespace views::graph {

using core::layout::BoxKind;

QColor faded(QColor color, double alpha) {
  color.setAlphaF(color.alphaF() * alpha);
  return color;
}

bool isPin(BoxKind kind) {
  return kind != BoxKind::Op && kind != BoxKind::Module && kind != BoxKind::Frame;
}

double growFor(double size, double smallest, double scale) {
  return std::max(1.0, smallest / (size * scale));
}

void paintLine(QPainter& painter, const QFont& font, const QRectF& line, const QString& text,
               double grow, Qt::Alignment alignment) {
  painter.setFont(font);
  if (grow <= 1) {
    painter.drawText(line, alignment | Qt::AlignVCenter, text);
    return;
  }
  painter.save();
  painter.translate(line.topLeft());
  painter.scale(grow, grow);
  const QSizeF room = line.size() / grow;
  painter.drawText(QRectF(QPointF(0, 0), room), alignment | Qt::AlignVCenter,
                   QFontMetricsF(font).elidedText(text, Qt::ElideMiddle, room.width()));
  painter.restore();
}

}  // namespace views::graph
