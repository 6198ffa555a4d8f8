#include "views/graph/legend.h"

#include <QEvent>
#include <QPainter>
#include <array>
#include <functional>

namespace views::graph {
namespace {

using core::layout::EdgeKind;

constexpr int kLine = 20;
constexpr int kPadding = 10;
constexpr int kSample = 44;
constexpr int kMargin = 12;

struct Entry {
  const char* text;
  std::function<void(QPainter&, const GraphPalette&, QPointF)> paint;  ///< at the sample's middle
};

void paintLine(QPainter& painter, QPointF at, const QColor& color, double width,
               const QList<qreal>& dashes) {
  QPen pen(color, width);
  if (!dashes.isEmpty()) pen.setDashPattern(dashes);
  painter.setPen(pen);
  painter.drawLine(at - QPointF(18, 0), at + QPointF(18, 0));
}

void paintSample(QPainter& painter, QPointF at, const LaneColors& lane, const GraphPalette& colors,
                 Qt::PenStyle style) {
  painter.setPen(QPen(lane.accent, 1.3, style));
  painter.setBrush(colors.box);
  painter.drawRoundedRect(QRectF(at.x() - 16, at.y() - 6, 32, 12), 3, 3);
}

const std::array<Entry, 8>& entries() {
  static const std::array<Entry, 8> all{{
      {"Forward operator", [](QPainter& p, const GraphPalette& c,
                              QPointF at) { paintSample(p, at, c.forward, c, Qt::SolidLine); }},
      {"Backward operator, on the row of its forward",
       [](QPainter& p, const GraphPalette& c, QPointF at) {
         paintSample(p, at, c.backward, c, Qt::SolidLine);
       }},
      {"Recomputed in the backward",
       [](QPainter& p, const GraphPalette& c, QPointF at) {
         paintSample(p, at, c.recomputed, c, Qt::DashLine);
       }},
      {"Saved tensor, with its bytes",
       [](QPainter& p, const GraphPalette& c, QPointF at) {
         paintLine(p, at, c.saved, 2.2, {});
         paintDiamond(p, at, 5, c.saved, true);
       }},
      {"Parameter read again (no memory)",
       [](QPainter& p, const GraphPalette& c, QPointF at) {
         paintLine(p, at, c.resident, 1.2, {4, 3});
         paintDiamond(p, at, 5, c.resident, false);
       }},
      {"Original and its copy (no data)",
       [](QPainter& p, const GraphPalette& c, QPointF at) {
         paintLine(p, at, c.recomputed.accent, 1.4, {1.5, 2.5});
         paintRecomputeMark(p, at, 4.6, c.recomputed.accent);
       }},
      {"Crosses; nothing decided yet",
       [](QPainter& p, const GraphPalette& c, QPointF at) {
         paintLine(p, at, c.saved, 2, {7, 3});
         paintDiamond(p, at, 5, c.saved, false);
       }},
      {"Was saved, is recomputed in the other cut",
       [](QPainter& p, const GraphPalette& c, QPointF at) {
         paintDiamond(p, at - QPointF(11, 0), 4.6, c.muted, false);
         paintRecomputeMark(p, at + QPointF(11, 0), 4.6, c.recomputed.accent);
       }},
  }};
  return all;
}

}  // namespace

Legend::Legend(GraphCanvas* canvas) : QWidget(canvas), m_canvas(canvas) {
  QStringList words;
  for (const Entry& entry : entries()) words << tr(entry.text);
  setAccessibleName(tr("Legend of the graph"));
  setAccessibleDescription(words.join(QStringLiteral("; ")));
  setAttribute(Qt::WA_TransparentForMouseEvents);
  canvas->installEventFilter(this);
  place();
}

QSize Legend::sizeHint() const {
  int widest = 0;
  for (const Entry& entry : entries())
    widest = std::max(widest, fontMetrics().horizontalAdvance(tr(entry.text)));
  return {widest + kSample + 3 * kPadding, int(entries().size()) * kLine + 2 * kPadding};
}

void Legend::place() {
  resize(sizeHint());
  move(kMargin, m_canvas->height() - height() - kMargin);
}

void Legend::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const GraphPalette& colors = m_canvas->colors();
  QColor sheet = colors.background;
  sheet.setAlpha(240);
  painter.setPen(QPen(colors.edge, 0.8));
  painter.setBrush(sheet);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
  double y = kPadding + kLine / 2.0;
  for (const Entry& entry : entries()) {
    entry.paint(painter, colors, QPointF(kPadding + kSample / 2.0, y));
    painter.setPen(colors.text);
    painter.drawText(QRectF(2 * kPadding + kSample, y - kLine / 2.0, width(), kLine),
                     Qt::AlignVCenter | Qt::AlignLeft, tr(entry.text));
    y += kLine;
  }
}

bool Legend::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize) place();
  if (event->type() == QEvent::PaletteChange) update();
  return QWidget::eventFilter(watched, event);
}

}  // namespace views::graph
