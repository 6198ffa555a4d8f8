#include "views/graph/minimap.h"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>

#include "views/graph/far_picture.h"
#include "views/graph/graph_headings.h"

namespace views::graph {
namespace {

constexpr double kWidest = 140;
constexpr double kNarrowest = 44;
constexpr double kWidestShare = 0.12;  ///< of the room
constexpr double kLeastRoom = 520;     ///< in less the graph needs it all
constexpr double kPadding = 6;

}  // namespace

Minimap::Minimap(GraphCanvas* canvas, QWidget* parent) : QWidget(parent), m_canvas(canvas) {
  setAccessibleName(tr("Overview of the graph"));
  setCursor(Qt::PointingHandCursor);
  canvas->installEventFilter(this);
  connect(canvas, &GraphCanvas::viewportChanged, this, &Minimap::follow);
  follow();
}

void Minimap::setWanted(bool wanted) {
  m_wanted = wanted;
  follow();
}

QSizeF Minimap::room() const {
  const QSizeF canvas = m_canvas->size();
  return {canvas.width() + (isHidden() ? 0 : width()), canvas.height()};
}

bool Minimap::isNeeded() const {
  if (!m_wanted || !m_canvas->scene() || room().width() < kLeastRoom) return false;
  const QRectF bounds = m_canvas->scene()->bounds();
  return bounds.width() > room().width() || bounds.height() > room().height() - kHeadingHeight;
}

/// Width and visibility follow the scene and the room; the picture is painted once per scene, theme
/// and size.
void Minimap::follow() {
  const bool needed = isNeeded();
  if (needed) {
    const QRectF bounds = m_canvas->scene()->bounds();
    const double widest = std::min(kWidest, room().width() * kWidestShare);
    const double asHigh = (m_canvas->height() - 2 * kPadding) * bounds.width() / bounds.height();
    setFixedWidth(qRound(std::clamp(asHigh + 2 * kPadding, kNarrowest, widest)));
  }
  setVisible(needed);
  update();
}

void Minimap::paintPicture() {
  m_painted = m_canvas->scene();
  m_colors = &m_canvas->colors();
  m_paintedFor = size();
  const QRectF bounds = m_painted->bounds();
  m_scale = std::min((width() - 2 * kPadding) / bounds.width(),
                     (height() - 2 * kPadding) / bounds.height());
  const double ratio = devicePixelRatioF();
  const QSize pixels = (bounds.size() * m_scale * ratio).toSize().expandedTo({1, 1});
  m_picture = QPixmap::fromImage(farPicture(*m_painted, *m_colors, pixels));
  m_picture.setDevicePixelRatio(ratio);
  m_corner = {(width() - bounds.width() * m_scale) / 2, kPadding};
}

QPointF Minimap::toScene(QPointF at) const {
  return (at - m_corner) / m_scale + m_canvas->scene()->bounds().topLeft();
}

void Minimap::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const GraphPalette& colors = m_canvas->colors();
  painter.fillRect(rect(), colors.background);
  if (!m_canvas->scene()) return;
  if (m_canvas->scene() != m_painted || &colors != m_colors || size() != m_paintedFor)
    paintPicture();
  painter.drawPixmap(m_corner, m_picture);
  const QRectF bounds = m_canvas->scene()->bounds();
  const QRectF visible = m_canvas->viewport().visible();
  QRectF frame((visible.topLeft() - bounds.topLeft()) * m_scale + m_corner,
               visible.size() * m_scale);
  // Of a very long graph the screen shows less than a pixel.
  frame = frame.united(QRectF(frame.topLeft(), QSizeF(4, 4)));
  frame = frame.intersected(QRectF(rect()).adjusted(1, 1, -1, -1));
  QColor fill = colors.selection;
  fill.setAlpha(28);
  painter.fillRect(frame, fill);
  painter.setPen(QPen(colors.selection, 1.5));
  painter.drawRect(frame);
  painter.setPen(QPen(colors.edge, 0.6));
  painter.drawLine(0, 0, 0, height());
}

void Minimap::resizeEvent(QResizeEvent*) {
  update();
}

void Minimap::moveTo(QPointF at) {
  if (m_canvas->scene()) m_canvas->centerOn(toScene(at));
}

void Minimap::mousePressEvent(QMouseEvent* event) {
  moveTo(event->position());
}

void Minimap::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) moveTo(event->position());
}

void Minimap::wheelEvent(QWheelEvent* event) {
  moveTo(event->position());
  m_canvas->zoomBy(event->angleDelta().y() > 0 ? 1.15 : 1 / 1.15);
  event->accept();
}

bool Minimap::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize || event->type() == QEvent::PaletteChange) follow();
  return QWidget::eventFilter(watched, event);
}

}  // namespace views::graph
