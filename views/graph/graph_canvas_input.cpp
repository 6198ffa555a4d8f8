// Mouse, wheel, gestures and keys of the canvas.

#include <QApplication>
#include <QGestureEvent>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPinchGesture>
#include <QToolTip>
#include <cmath>

#include "views/graph/graph_canvas.h"

namespace views::graph {

using core::layout::Box;
using core::layout::BoxKind;

namespace {

constexpr double kWheelStep = 1.15;  // zoom of one notch
constexpr double kKeyPan = 80;       // device pixels
constexpr int kEdgeReach = 5;        // device pixels

}  // namespace

int GraphCanvas::boxAt(QPointF device) const {
  if (!m_scene) return -1;
  const QPoint point = m_viewport.toScene(device).toPoint();
  return m_scene->geometry().boxAt({point.x(), point.y()});
}

QString GraphCanvas::moduleKeyAt(QPointF device) const {
  const int box = boxAt(device);
  return box < 0 ? QString() : QString::fromStdString(m_scene->geometry().boxes[box].module);
}

bool GraphCanvas::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    updateHover(static_cast<QHelpEvent*>(event)->pos());
    QString text;
    if (m_scene && m_marks.hoveredBox >= 0)
      text = boxSentence(m_scene->geometry(), m_marks.hoveredBox);
    if (m_scene && m_marks.hoveredEdge >= 0)
      text = edgeSentence(m_scene->geometry(), m_marks.hoveredEdge);
    // Names come from a file: escaped, they cannot ask for a huge or styled tooltip.
    QToolTip::showText(
        static_cast<QHelpEvent*>(event)->globalPos(),
        text.isEmpty() ? text : QStringLiteral("<p>%1</p>").arg(text.toHtmlEscaped()), this);
    return true;
  }
  if (event->type() == QEvent::Gesture) {
    auto* gesture = static_cast<QGestureEvent*>(event)->gesture(Qt::PinchGesture);
    if (auto* pinch = static_cast<QPinchGesture*>(gesture)) {
      m_viewport.zoomAt(pinch->centerPoint(), pinch->scaleFactor());
      zoomed();
      return true;
    }
  }
  return QWidget::event(event);
}

void GraphCanvas::resizeEvent(QResizeEvent*) {
  m_viewport.setSize(size());
  // The first picture may be made before the widget has its size.
  m_isAtTop || !isVisible() ? showTop() : moved();
  Q_EMIT resized();
}

void GraphCanvas::mousePressEvent(QMouseEvent* event) {
  m_pressedAt = m_lastAt = event->position();
  if (event->button() == Qt::MiddleButton) m_drag = Drag::Pan;
  if (event->button() != Qt::LeftButton) return;
  m_drag = event->modifiers() & Qt::ControlModifier ? Drag::ZoomBox : Drag::Pressed;
}

void GraphCanvas::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (m_drag == Drag::None) return updateHover(at);
  const bool isFar = (at - m_pressedAt).manhattanLength() >= QApplication::startDragDistance();
  if (m_drag == Drag::Pressed && isFar) {
    m_drag = Drag::Pan;
    setCursor(Qt::ClosedHandCursor);
  }
  if (m_drag == Drag::Pan) m_viewport.panBy(at - m_lastAt);
  m_lastAt = at;
  if (m_drag == Drag::Pan || m_drag == Drag::ZoomBox) moved();
}

void GraphCanvas::mouseReleaseEvent(QMouseEvent* event) {
  const Drag drag = m_drag;
  m_drag = Drag::None;
  unsetCursor();
  if (drag == Drag::Pressed) selectBox(boxAt(event->position()));
  if (drag != Drag::ZoomBox) return;
  const QRectF box = QRectF(m_pressedAt, event->position()).normalized();
  if (box.width() > 8 && box.height() > 8)
    m_viewport.fit(
        QRectF(m_viewport.toScene(box.topLeft()), m_viewport.toScene(box.bottomRight())));
  moved();
}

void GraphCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const int box = boxAt(event->position());
  if (box < 0) return;
  const Box& it = m_scene->geometry().boxes[box];
  if (it.kind == BoxKind::Module || it.kind == BoxKind::Frame)
    Q_EMIT toggleRequested(QString::fromStdString(it.module));
}

void GraphCanvas::wheelEvent(QWheelEvent* event) {
  const QPointF angle = event->angleDelta();
  if (event->modifiers() & Qt::ControlModifier) {
    m_viewport.zoomAt(event->position(), std::pow(kWheelStep, angle.y() / 120));
    zoomed();
  } else {
    const QPointF pixels =
        event->pixelDelta().isNull() ? angle * 0.6 : QPointF(event->pixelDelta());
    const bool isSideways = event->modifiers() & Qt::ShiftModifier;
    m_viewport.panBy(isSideways ? QPointF(pixels.y(), pixels.x()) : pixels);
    moved();
  }
  event->accept();
}

/// Arrows walk from box to box; without a selection, or with Shift, they pan.
void GraphCanvas::walk(Direction direction, bool pansOnly) {
  const bool isVertical = direction == Direction::Up || direction == Direction::Down;
  const bool isBack = direction == Direction::Up || direction == Direction::Left;
  if (!pansOnly && m_scene && m_marks.primary >= 0) {
    const int next = neighbourOf(m_scene->geometry(), m_marks.primary, direction);
    if (next >= 0) selectBox(next);
    return;
  }
  const double by = isBack ? kKeyPan : -kKeyPan;
  m_viewport.panBy(isVertical ? QPointF(0, by) : QPointF(by, 0));
  moved();
}

void GraphCanvas::keyPressEvent(QKeyEvent* event) {
  const bool pansOnly = event->modifiers() & Qt::ShiftModifier;
  switch (event->key()) {
    case Qt::Key_Up: return walk(Direction::Up, pansOnly);
    case Qt::Key_Down: return walk(Direction::Down, pansOnly);
    case Qt::Key_Left: return walk(Direction::Left, pansOnly);
    case Qt::Key_Right: return walk(Direction::Right, pansOnly);
    case Qt::Key_PageUp: m_viewport.panBy({0, height() * 0.8}); return moved();
    case Qt::Key_PageDown: m_viewport.panBy({0, -height() * 0.8}); return moved();
    case Qt::Key_Return:
    case Qt::Key_Enter: return toggleSelected();
    default: return QWidget::keyPressEvent(event);
  }
}

void GraphCanvas::contextMenuEvent(QContextMenuEvent* event) {
  const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
  QString key;
  if (byKey && m_scene && m_marks.primary >= 0)
    key = QString::fromStdString(m_scene->geometry().boxes[m_marks.primary].module);
  if (!byKey) key = moduleKeyAt(event->pos());
  Q_EMIT contextMenuRequested(event->globalPos(), key);
}

void GraphCanvas::updateHover(QPointF device) {
  const int box = boxAt(device);
  int edge = -1;
  if (m_scene && box < 0 && bandFor(m_viewport.scale()) != DetailBand::Far) {
    const QPoint point = m_viewport.toScene(device).toPoint();
    edge = m_scene->geometry().edgeAt({point.x(), point.y()},
                                      std::max(1, int(kEdgeReach / m_viewport.scale())));
  }
  if (box == m_marks.hoveredBox && edge == m_marks.hoveredEdge) return;
  m_marks.hoveredBox = box;
  m_marks.hoveredEdge = edge;
  QString sentence;
  if (box >= 0) sentence = boxSentence(m_scene->geometry(), box);
  if (edge >= 0) sentence = edgeSentence(m_scene->geometry(), edge);
  Q_EMIT hovered(sentence);
  update();
}

void GraphCanvas::leaveEvent(QEvent*) {
  updateHover(QPointF(-1e6, -1e6));
}

void GraphCanvas::focusInEvent(QFocusEvent*) {
  update();
}

void GraphCanvas::focusOutEvent(QFocusEvent*) {
  update();
}

}  // namespace views::graph
