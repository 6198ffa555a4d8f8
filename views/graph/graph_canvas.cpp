#include "views/graph/graph_canvas.h"
#include "views/graph/canvas_accessible.h"

#include <QPaintEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <algorithm>
#include <limits>
#include <utility>

#include "views/graph/first_view.h"
#include "views/graph/graph_headings.h"
#include "views/look/theme.h"

namespace views::graph {

using core::layout::Box;
using core::layout::BoxKind;
using shared::Selection;

namespace {

// After the last step of a zoom; until then the old picture is scaled.
constexpr int kSharpenAfter = 110;  // ms
constexpr int kTopMargin = 20;      // device pixels
constexpr int kGlideTime = 140;     // ms

}  // namespace

GraphCanvas::GraphCanvas(shared::SelectionHub* hub, shared::GraphKind kind, QWidget* parent)
    : QWidget(parent), m_hub(hub), m_kind(kind) {
  describeCanvasToReaders();
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Graph"));
  grabGesture(Qt::PinchGesture);
  m_sharpen.setSingleShot(true);
  m_sharpen.setInterval(kSharpenAfter);
  connect(&m_sharpen, &QTimer::timeout, this, qOverload<>(&QWidget::update));
  m_glideTime.setStartValue(0.0);
  m_glideTime.setEndValue(1.0);
  m_glideTime.setDuration(kGlideTime);
  m_glideTime.setEasingCurve(QEasingCurve::OutCubic);
  connect(&m_glideTime, &QVariantAnimation::valueChanged, this, qOverload<>(&QWidget::update));
  connect(&m_glideTime, &QVariantAnimation::finished, this, &GraphCanvas::endGlide);
  connect(m_hub, &shared::SelectionHub::selectionChanged, this, &GraphCanvas::takeSelection);
}

const GraphPalette& GraphCanvas::colors() const {
  return m_palette ? *m_palette : GraphPalette::suiting(palette());
}

void GraphCanvas::setColors(const GraphPalette* palette) {
  m_palette = palette;
  update();
}

/// The first node of the visible box that is nearest to the middle of the screen; empty if there is
/// none.
std::string GraphCanvas::nodeInTheMiddle() const {
  if (!m_scene) return {};
  const auto& geometry = m_scene->geometry();
  const QRect visible = m_viewport.visible().toAlignedRect();
  const QPoint middle = visible.center();
  std::string node;
  int nearest = std::numeric_limits<int>::max();
  for (const int box :
       geometry.boxIndex().query({visible.x(), visible.y(), visible.width(), visible.height()})) {
    const Box& it = geometry.boxes[box];
    const int distance = (QPoint(it.rect.centerX(), it.rect.centerY()) - middle).manhattanLength();
    if (it.kind == BoxKind::Frame || it.nodes.empty() || distance >= nearest) continue;
    nearest = distance;
    node = it.nodes.front();
  }
  return node;
}

/// Where the module, else the primary selected box, else the node's box is: its upper left corner.
QPointF GraphCanvas::anchorPoint(const QString& moduleKey, const std::string& node) const {
  if (!m_scene) return {};
  const auto& geometry = m_scene->geometry();
  std::vector<int> boxes;
  if (!moduleKey.isEmpty()) boxes = geometry.boxesOfModule(moduleKey.toStdString());
  if (boxes.empty() && m_marks.primary >= 0) boxes = {m_marks.primary};
  if (boxes.empty()) boxes = geometry.boxesOf(node);
  return boxes.empty() ? m_viewport.visible().center()
                       : toRectF(geometry.boxes[boxes.front()].rect).topLeft();
}

void GraphCanvas::show(GraphScenePtr scene, const QString& anchor) {
  const bool staysAtTop = m_isAtTop && anchor.isEmpty() && m_marks.primary < 0;
  const std::string node = nodeInTheMiddle();
  const QPointF before = m_viewport.toDevice(anchorPoint(anchor, node));
  const Viewport was = m_viewport;
  const GraphScenePtr old = std::exchange(m_scene, std::move(scene));
  m_cache.clear();
  m_message.clear();
  m_marks = {};
  m_focusBox = m_selectedBefore = -1;
  m_cutMarks = graph::cutMarks(m_scene->geometry(), m_cutBefore, m_cutAfter);
  m_viewport.setBounds(m_scene->bounds());
  {
    // Those who follow hear of the place at the end, not of one on the way.
    const QSignalBlocker blocker(this);
    takeSelection(m_hub->selection());
  }
  if (m_isFirst || staysAtTop) {
    showTop();
  } else {
    m_viewport.panBy(before - m_viewport.toDevice(anchorPoint(anchor, node)));
    moved();
  }
  if (!std::exchange(m_isFirst, false)) startGlide(old, was);
}

void GraphCanvas::copyLook(const GraphCanvas& other) {
  if (!other.m_scene) return showMessage(other.m_message);
  const bool isNew = m_scene != other.m_scene;
  GraphMarks marks = other.m_marks;
  marks.hoveredBox = isNew ? -1 : m_marks.hoveredBox;
  marks.hoveredEdge = isNew ? -1 : m_marks.hoveredEdge;
  if (isNew) {
    endGlide();
    m_scene = other.m_scene;
    m_message.clear();
    m_isFirst = false;
    m_viewport.setBounds(m_scene->bounds());
  }
  setCutChange(other.m_cutBefore, other.m_cutAfter);
  if (isNew) m_cutMarks = graph::cutMarks(m_scene->geometry(), m_cutBefore, m_cutAfter);
  if (!isNew && marks == m_marks) return;
  m_marks = std::move(marks);
  m_cache.clear();
  update();
}

void GraphCanvas::startGlide(const GraphScenePtr& before, const Viewport& was) {
  if (!before || !isVisible() || !look::animationsWanted()) return;
  m_glide.emplace(*before, was, *m_scene, m_viewport);
  if (m_glide->boxes().empty()) return endGlide();
  m_glideTime.start();
}

void GraphCanvas::endGlide() {
  m_glideTime.stop();
  m_glide.reset();
  update();
}

void GraphCanvas::showMessage(const QString& message) {
  m_scene.reset();
  m_marks = {};
  m_cutMarks = {};
  m_message = message;
  m_isFirst = true;
  setAccessibleDescription(message);
  moved();
}

void GraphCanvas::setFound(const std::vector<std::string>& nodes, Others others) {
  m_marks.found.clear();
  m_marks.others = others;
  m_focusBox = -1;
  if (m_scene) {
    for (const std::string& node : nodes)
      for (const int box : m_scene->geometry().boxesOf(node)) m_marks.found.insert(box);
  }
  m_cache.clear();
  update();
}

void GraphCanvas::setOverlay(std::shared_ptr<const Overlay> overlay) {
  m_marks.overlay = std::move(overlay);
  m_cache.clear();
  update();
}

void GraphCanvas::setCutChange(Cut before, Cut after) {
  if (before == m_cutBefore && after == m_cutAfter) return;
  m_cutBefore = std::move(before);
  m_cutAfter = std::move(after);
  m_cutMarks = m_scene ? graph::cutMarks(m_scene->geometry(), m_cutBefore, m_cutAfter) : CutMarks();
  update();
}

/// Names are kept between graphs, so a selection made in another graph is found here by name.
void GraphCanvas::takeSelection(const Selection& selection) {
  const int before = m_marks.primary;
  m_marks.selected.clear();
  m_marks.primary = -1;
  if (m_scene) {
    const auto& geometry = m_scene->geometry();
    for (const QString& node : selection.nodes)
      for (const int box : geometry.boxesOf(node.toStdString())) {
        if (m_marks.primary < 0) m_marks.primary = box;
        m_marks.selected.insert(box);
      }
    if (selection.nodes.isEmpty() && !selection.module.isEmpty()) {
      for (const int box : geometry.boxesOfModule(selection.module.toStdString())) {
        if (m_marks.primary < 0) m_marks.primary = box;
        m_marks.selected.insert(box);
      }
    }
    if (before >= 0 && before != m_marks.primary) m_selectedBefore = before;
    if (m_marks.primary >= 0 && !m_isFirst)
      m_viewport.ensureVisible(toRectF(geometry.boxes[m_marks.primary].rect));
  }
  updateAccessibleText();
  moved();
}

void GraphCanvas::updateAccessibleText() {
  if (!m_scene) return;
  const auto& geometry = m_scene->geometry();
  const int box = m_marks.primary;
  setAccessibleName(box < 0 ? tr("Graph") : oneLine(geometry.boxes[box].title));
  setAccessibleDescription(box < 0 ? tr("%1 boxes, nothing selected").arg(geometry.boxes.size())
                                   : boxSentence(geometry, box));
}

void GraphCanvas::selectBox(int box) {
  if (!m_scene || box < 0) return m_hub->clear();
  const Box& it = m_scene->geometry().boxes[box];
  if (it.kind == BoxKind::Module || it.kind == BoxKind::Frame) {
    m_hub->selectModule(m_kind, QString::fromStdString(it.module));
  } else if (!it.nodes.empty()) {
    m_hub->selectNode(m_kind, QString::fromStdString(it.nodes.front()));
  }
  // A pin of an output has no node of its own, and the hub drops what it knows already.
  if (m_marks.primary == box || !m_marks.selected.count(box)) return;
  m_marks.primary = box;
  updateAccessibleText();
  update();
}

/// Zooming shows the scaled old picture at once, and a sharp one when it has ended.
void GraphCanvas::zoomed() {
  m_sharpen.start();
  moved();
}

void GraphCanvas::zoomBy(double factor) {
  const QPointF middle = rect().center();
  const bool atPointer = underMouse();
  m_viewport.zoomAt(atPointer ? mapFromGlobal(QCursor::pos()) : middle, factor);
  zoomed();
}

void GraphCanvas::zoomTo(double scale) {
  m_viewport.zoomAt(rect().center(), scale / m_viewport.scale());
  moved();
}

void GraphCanvas::fit() {
  if (m_scene) m_viewport.fit(m_scene->bounds(), kHeadingHeight);
  moved();
}

void GraphCanvas::showTop() {
  if (!m_scene) return moved();
  const FirstView view = firstView(m_scene->geometry(), m_viewport.size());
  m_viewport.showBelow(view.top, view.scale, kHeadingHeight + kTopMargin);
  moved();
  m_isAtTop = true;
}

void GraphCanvas::centerOn(QPointF scene) {
  m_viewport.centerOn(scene);
  moved();
}

void GraphCanvas::zoomToSelection() {
  if (!m_scene || m_marks.selected.empty()) return fit();
  const bool again = m_isCentred;
  QRectF area;
  for (const int box : m_marks.selected)
    area = area.united(toRectF(m_scene->geometry().boxes[box].rect));
  again ? m_viewport.fit(area.adjusted(-60, -60, 60, 60), kHeadingHeight)
        : m_viewport.centerOn(area.center());
  moved();
  m_isCentred = !again;
}

void GraphCanvas::goToMirror() {
  if (!m_scene || m_marks.primary < 0) return;
  const int mirror = m_scene->geometry().mirrorOf(m_marks.primary);
  if (mirror >= 0) selectBox(mirror);
}

void GraphCanvas::step(bool forwards) {
  if (!m_scene) return;
  const int box = stepFrom(m_scene->geometry(), m_marks.primary, forwards);
  if (box >= 0) selectBox(box);
}

void GraphCanvas::nextFound(bool forwards) {
  if (!m_scene) return;
  const int box = stepAmong(m_scene->geometry(), m_marks.found, m_marks.primary, forwards);
  if (box >= 0) selectBox(box);
}

void GraphCanvas::focusOn(std::set<int> boxes) {
  m_marks.found = std::move(boxes);
  m_marks.others = Others::Paler;
  m_cache.clear();
  update();
}

bool GraphCanvas::focusAround() {
  if (!m_scene || m_marks.primary < 0) return false;
  m_focusHops = m_focusBox == m_marks.primary ? m_focusHops + 1 : 1;
  m_focusBox = m_marks.primary;
  focusOn(boxesAround(m_scene->geometry(), m_focusBox, m_focusHops));
  return true;
}

bool GraphCanvas::focusBetween() {
  if (!m_scene || m_marks.primary < 0 || m_selectedBefore < 0) return false;
  auto boxes = boxesBetween(m_scene->geometry(), m_selectedBefore, m_marks.primary);
  if (boxes.empty()) return false;
  focusOn(std::move(boxes));
  return true;
}

void GraphCanvas::toggleSelected() {
  if (!m_scene || m_marks.primary < 0) return;
  const std::string& key = m_scene->geometry().boxes[m_marks.primary].module;
  if (!key.empty()) Q_EMIT toggleRequested(QString::fromStdString(key));
}

void GraphCanvas::moved() {
  m_isCentred = m_isAtTop = false;
  endGlide();
  Q_EMIT viewportChanged();
}

void GraphCanvas::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  if (!m_scene) {
    painter.fillRect(event->rect(), colors().background);
    painter.setPen(colors().muted);
    painter.drawText(rect().adjusted(40, 40, -40, -40), Qt::AlignCenter | Qt::TextWordWrap,
                     m_message);
    return;
  }
  if (m_glide) {
    painter.fillRect(event->rect(), colors().background);
    m_glide->paint(painter, colors(), m_glideTime.currentValue().toDouble());
    return paintOverlay(painter);
  }
  const bool isSharp = m_cache.paint(painter, *m_scene, colors(), m_marks, m_viewport,
                                     devicePixelRatioF(), m_sharpen.isActive());
  if (!isSharp && !m_sharpen.isActive()) m_sharpen.start();
  painter.save();
  painter.scale(m_viewport.scale(), m_viewport.scale());
  painter.translate(-m_viewport.visible().topLeft());
  GraphPainter(*m_scene, colors(), m_marks)
      .paintMarked(painter, m_viewport.visible(), m_viewport.scale());
  paintCutMarks(painter, *m_scene, colors(), m_cutMarks, m_viewport.visible(), m_viewport.scale());
  painter.restore();
  paintOverlay(painter);
}

void GraphCanvas::paintOverlay(QPainter& painter) {
  paintHeadings(painter, m_scene->geometry(), colors(), m_viewport, font());
  painter.setBrush(Qt::NoBrush);
  if (m_drag == Drag::ZoomBox) {
    painter.setPen(QPen(colors().selection, 1, Qt::DashLine));
    painter.drawRect(QRectF(m_pressedAt, m_lastAt).normalized());
  }
  if (hasFocus()) {
    painter.setPen(QPen(colors().selection, 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
  }
}

}  // namespace views::graph
