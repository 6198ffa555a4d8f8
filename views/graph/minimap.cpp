#include "views/graph/minimap.h"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>

namespace views::graph {
namespace {

constexpr double kWidest = 150;
constexpr double kTallest = 240;
constexpr int kMargin = 12;

}  // namespace

Minimap::Minimap(GraphCanvas* canvas) : QWidget(canvas), m_canvas(canvas) {
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

/// Size, place and visibility follow the canvas; the picture is painted once per scene and theme.
void Minimap::follow() {
  const GraphScenePtr& scene = m_canvas->scene();
  const bool isNeeded =
      m_wanted && scene && !m_canvas->viewport().visible().contains(scene->bounds());
  setVisible(isNeeded);
  if (!isNeeded) return;
  const QRectF bounds = scene->bounds();
  const GraphPalette* colors = &m_canvas->colors();
  if (scene != m_painted || colors != m_colors) {
    m_painted = scene;
    m_colors = colors;
    m_scale = std::min(kWidest / bounds.width(), kTallest / bounds.height());
    const double ratio = devicePixelRatioF();
    const QSize size = (bounds.size() * m_scale).toSize().expandedTo({24, 24});
    resize(size + QSize(2, 2));
    m_picture = QPixmap(size * ratio);
    m_picture.setDevicePixelRatio(ratio);
    m_picture.fill(colors->background);
    QPainter painter(&m_picture);
    painter.scale(m_scale, m_scale);
    painter.translate(-bounds.topLeft());
    GraphPainter(*scene, *colors, {}).paint(painter, bounds, std::min(m_scale, 0.14));
  }
  move(m_canvas->width() - width() - kMargin, m_canvas->height() - height() - kMargin);
  update();
}

QPointF Minimap::toScene(QPointF at) const {
  return (at - QPointF(1, 1)) / m_scale + m_canvas->scene()->bounds().topLeft();
}

void Minimap::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const GraphPalette& colors = m_canvas->colors();
  painter.drawPixmap(1, 1, m_picture);
  const QRectF bounds = m_canvas->scene()->bounds();
  const QRectF visible = m_canvas->viewport().visible();
  QRectF frame((visible.topLeft() - bounds.topLeft()) * m_scale + QPointF(1, 1),
               visible.size() * m_scale);
  frame = frame.intersected(QRectF(rect()).adjusted(1, 1, -1, -1));
  QColor fill = colors.selection;
  fill.setAlpha(28);
  painter.fillRect(frame, fill);
  painter.setPen(QPen(colors.selection, 1.5));
  painter.drawRect(frame);
  painter.setPen(QPen(colors.edge, 1));
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void Minimap::moveTo(QPointF at) {
  m_canvas->centerOn(toScene(at));
}

void Minimap::mousePressEvent(QMouseEvent* event) {
  moveTo(event->position());
}

void Minimap::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) moveTo(event->position());
}

void Minimap::wheelEvent(QWheelEvent* event) {
  m_canvas->centerOn(toScene(event->position()));
  m_canvas->zoomBy(event->angleDelta().y() > 0 ? 1.15 : 1 / 1.15);
  event->accept();
}

bool Minimap::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize || event->type() == QEvent::PaletteChange) follow();
  return QWidget::eventFilter(watched, event);
}

}  // namespace views::graph
