#include "views/plot/memory_chart.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <algorithm>
#include <cmath>

#include "views/look/theme.h"
#include "views/models/column_makers.h"
#include "views/models/showable_text.h"
#include "views/plot/byte_ticker.h"

namespace views::plot {

using core::partition::MemoryStep;
using core::partition::MemoryTimeline;
using models::bytesText;

namespace {

constexpr int kPageStep = 10;
constexpr double kHeadRoom = 1.18;

QCPItemLine* verticalLine(QCustomPlot* plot, double at, const QPen& pen) {
  auto* line = new QCPItemLine(plot);
  line->start->setTypeY(QCPItemPosition::ptAxisRectRatio);
  line->end->setTypeY(QCPItemPosition::ptAxisRectRatio);
  line->start->setCoords(at, 0);
  line->end->setCoords(at, 1);
  line->setPen(pen);
  return line;
}

QCPItemText* label(QCustomPlot* plot, const QString& text, const QColor& color) {
  auto* item = new QCPItemText(plot);
  item->setText(text);
  item->setColor(color);
  item->setFont(plot->font());
  item->setClipToAxisRect(false);
  return item;
}

/// One step is as wide as 1 and centred on its number.
void addSteps(QCPGraph* graph, const MemoryTimeline& timeline) {
  QVector<double> keys, values;
  for (std::size_t i = 0; i < timeline.steps.size(); ++i) {
    keys << static_cast<double>(i);
    values << static_cast<double>(timeline.steps[i].bytes);
  }
  graph->setData(keys, values, true);
  graph->setLineStyle(QCPGraph::lsStepCenter);
}

}  // namespace

MemoryChart::MemoryChart(QWidget* parent) : ChartFrame(tr("Memory over program order"), parent) {
  setMinimumSize(240, 120);
  plot()->xAxis->setLabel(tr("call, in program order"));
  plot()->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new ByteTicker));
  redraw();
}

void MemoryChart::setTimeline(models::TimelinePtr timeline, models::TimelinePtr other,
                              const QString& otherTitle) {
  m_timeline = std::move(timeline);
  m_other = std::move(other);
  m_otherTitle = otherTitle;
  const int last = m_timeline ? static_cast<int>(m_timeline->steps.size()) - 1 : -1;
  m_cursor = std::min(m_cursor, last);
  redraw();
}

void MemoryChart::setCursorStep(int step) {
  if (!m_timeline || step == m_cursor) return;
  if (step < 0 || step >= static_cast<int>(m_timeline->steps.size())) return;
  m_cursor = step;
  redraw();
  Q_EMIT cursorMoved(step);
}

void MemoryChart::redraw() {
  plot()->clearPlottables();
  plot()->clearItems();
  styleAxes();
  if (!m_timeline || m_timeline->steps.empty()) {
    setMessage(tr("Memory over program order comes with the partition."));
    return;
  }
  setMessage({});
  const auto& steps = m_timeline->steps;
  double top = static_cast<double>(m_timeline->peakBytes());
  if (m_other) top = std::max(top, static_cast<double>(m_other->peakBytes()));
  plot()->xAxis->setRange(-0.5, static_cast<double>(steps.size()) - 0.5);
  plot()->yAxis->setRange(0, std::max(1.0, top * kHeadRoom));
  drawOther();
  drawBars();
  drawHalves();
  drawPeak();
  drawCursor();
  plot()->replot(QCustomPlot::rpQueuedReplot);
  setAccessibleDescription(tr("Peak %1 at call %2, between the halves %3")
                               .arg(bytesText(m_timeline->peakBytes()))
                               .arg(m_timeline->peakStep)
                               .arg(bytesText(m_timeline->betweenBytes)));
}

void MemoryChart::drawBars() {
  const look::Colors colors = look::colorsFor(palette());
  QCPGraph* graph = plot()->addGraph();
  addSteps(graph, *m_timeline);
  graph->setPen(QPen(colors.compiled, 1.6));
  QColor fill = colors.compiled;
  fill.setAlphaF(0.18F);
  graph->setBrush(fill);
}

void MemoryChart::drawOther() {
  if (!m_other || m_other->steps.empty()) return;
  QCPGraph* graph = plot()->addGraph();
  addSteps(graph, *m_other);
  graph->setPen(QPen(look::colorsFor(palette()).muted, 1.3, Qt::DashLine));
  QCPItemText* text =
      label(plot(), QStringLiteral("┄ ") + m_otherTitle, look::colorsFor(palette()).muted);
  text->setPositionAlignment(Qt::AlignRight | Qt::AlignTop);
  text->position->setType(QCPItemPosition::ptAxisRectRatio);
  text->position->setCoords(0.995, 0.01);
}

void MemoryChart::drawHalves() {
  const look::Colors colors = look::colorsFor(palette());
  const double border = m_timeline->forwardSteps - 0.5;
  verticalLine(plot(), border, QPen(colors.muted, 1, Qt::DashLine));
  const auto half = [&](const QString& text, Qt::Alignment side) {
    QCPItemText* item = label(plot(), text, colors.muted);
    item->setPositionAlignment(side | Qt::AlignBottom);
    item->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    item->position->setCoords(border, 0.985);
  };
  half(tr("forward ◂ "), Qt::AlignRight);
  half(tr(" ▸ backward"), Qt::AlignLeft);
}

void MemoryChart::drawPeak() {
  const int peak = m_timeline->peakStep;
  if (peak < 0) return;
  const look::Colors colors = look::colorsFor(palette());
  const MemoryStep& step = m_timeline->steps[static_cast<std::size_t>(peak)];
  auto* line = new QCPItemStraightLine(plot());
  line->point1->setCoords(0, static_cast<double>(step.bytes));
  line->point2->setCoords(1, static_cast<double>(step.bytes));
  line->setPen(QPen(colors.bad, 1, Qt::DotLine));
  const bool isRight = peak > static_cast<int>(m_timeline->steps.size()) / 2;
  QCPItemText* text =
      label(plot(), tr("▲ peak %1 at %2").arg(bytesText(step.bytes), models::showable(step.name)),
            colors.bad);
  text->setPositionAlignment((isRight ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignBottom);
  text->position->setCoords(peak, static_cast<double>(step.bytes));
}

void MemoryChart::drawCursor() {
  if (m_cursor < 0) return;
  verticalLine(plot(), m_cursor, QPen(palette().color(QPalette::Text), 1.4));
}

int MemoryChart::stepAt(const QPointF& position) const {
  if (!m_timeline) return -1;
  const double key = plot()->xAxis->pixelToCoord(position.x() - plot()->x());
  return std::clamp(static_cast<int>(std::lround(key)), 0,
                    static_cast<int>(m_timeline->steps.size()) - 1);
}

void MemoryChart::mouseMoveEvent(QMouseEvent* event) {
  setCursorStep(stepAt(event->position()));
}

void MemoryChart::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !m_timeline) return;
  setCursorStep(stepAt(event->position()));
  if (m_cursor >= 0) Q_EMIT stepChosen(m_cursor);
}

void MemoryChart::keyPressEvent(QKeyEvent* event) {
  const int last = m_timeline ? static_cast<int>(m_timeline->steps.size()) - 1 : -1;
  if (last < 0) return QWidget::keyPressEvent(event);
  switch (event->key()) {
    case Qt::Key_Left: setCursorStep(std::max(0, m_cursor - 1)); break;
    case Qt::Key_Right: setCursorStep(std::min(last, m_cursor + 1)); break;
    case Qt::Key_PageUp: setCursorStep(std::max(0, m_cursor - kPageStep)); break;
    case Qt::Key_PageDown: setCursorStep(std::min(last, m_cursor + kPageStep)); break;
    case Qt::Key_Home: setCursorStep(0); break;
    case Qt::Key_End: setCursorStep(last); break;
    case Qt::Key_P: setCursorStep(m_timeline->peakStep); break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (m_cursor >= 0) Q_EMIT stepChosen(m_cursor);
      break;
    default: QWidget::keyPressEvent(event);
  }
}

models::Table MemoryChart::numbers() const {
  if (!m_timeline) return {};
  const models::TimelinePtr timeline = m_timeline;
  const auto at = [timeline](int row) -> const MemoryStep& {
    return timeline->steps[static_cast<std::size_t>(row)];
  };
  models::Table table;
  table.rows = static_cast<int>(timeline->steps.size());
  table.columns = {
      models::numberColumn(0),
      models::textColumn(tr("call"), [at](int row) { return models::showable(at(row).name); }),
      models::textColumn(
          tr("half"),
          [at](int row) { return at(row).inBackward ? tr("backward") : tr("forward"); }),
      models::textColumn(tr("bytes"), [at](int row) { return QString::number(at(row).bytes); }),
  };
  return table;
}

}  // namespace views::plot
