#include "views/graph/minimap.h"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <iterator>

#include "views/graph/graph_headings.h"

namespace views::graph {
namespace {

constexpr double kWidest = 150;
constexpr double kTallest = 240;
constexpr double kWidestShare = 0.14;  ///< of the canvas: in a narrow one it would hide the graph
constexpr int kMargin = 12;
constexpr double kPale = 0.45;

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
  const bool isOther = scene != m_painted;
  if (isOther || &m_canvas->colors() != m_colors) paintPicture();
  // It stays where it is while the graph moves below it.
  if (isOther || m_canvas->size() != m_placedIn) choosePlace();
  update();
}

void Minimap::paintPicture() {
  m_painted = m_canvas->scene();
  m_colors = &m_canvas->colors();
  const QRectF bounds = m_painted->bounds();
  const double widest = std::min(kWidest, m_canvas->width() * kWidestShare);
  m_scale = std::min(widest / bounds.width(), kTallest / bounds.height());
  const double ratio = devicePixelRatioF();
  const QSize size = (bounds.size() * m_scale).toSize().expandedTo({24, 24});
  resize(size + QSize(2, 2));
  m_picture = QPixmap(size * ratio);
  m_picture.setDevicePixelRatio(ratio);
  m_picture.fill(m_colors->background);
  QPainter painter(&m_picture);
  painter.scale(m_scale, m_scale);
  painter.translate(-bounds.topLeft());
  GraphPainter(*m_painted, *m_colors, {}).paint(painter, bounds, std::min(m_scale, 0.14));
}

/// The area of boxes that it would hide at that place, in device pixels.
double Minimap::coveredAt(QPoint place) const {
  const Viewport& viewport = m_canvas->viewport();
  const QRectF area(viewport.toScene(place), QSizeF(size()) / viewport.scale());
  const QRect whole = area.toAlignedRect();
  const auto& geometry = m_canvas->scene()->geometry();
  double covered = 0;
  for (const int box :
       geometry.boxIndex().query({whole.x(), whole.y(), whole.width(), whole.height()})) {
    if (geometry.boxes[box].kind == core::layout::BoxKind::Frame) continue;
    const QRectF part = toRectF(geometry.boxes[box].rect).intersected(area);
    covered += part.width() * part.height();
  }
  return covered * viewport.scale() * viewport.scale();
}

/// Right of the graph as a scroll bar is, unless that hides more than the left does; the legend
/// opens in the lower left.
void Minimap::choosePlace() {
  m_placedIn = m_canvas->size();
  const int right = m_canvas->width() - width() - kMargin;
  const int bottom = m_canvas->height() - height() - kMargin;
  const int top = kHeadingHeight + kMargin;
  const QPoint places[] = {{right, bottom}, {right, top}, {kMargin, top}, {kMargin, bottom}};
  move(*std::min_element(std::begin(places), std::end(places),
                         [this](QPoint a, QPoint b) { return coveredAt(a) < coveredAt(b); }));
}

QPointF Minimap::toScene(QPointF at) const {
  return (at - QPointF(1, 1)) / m_scale + m_canvas->scene()->bounds().topLeft();
}

void Minimap::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const GraphPalette& colors = m_canvas->colors();
  if (!underMouse() && coveredAt(pos()) > 0) painter.setOpacity(kPale);
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

void Minimap::enterEvent(QEnterEvent*) {
  update();
}

void Minimap::leaveEvent(QEvent*) {
  update();
}

bool Minimap::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize || event->type() == QEvent::PaletteChange) follow();
  return QWidget::eventFilter(watched, event);
}

}  // namespace views::graph
