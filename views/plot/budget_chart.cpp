#include "views/plot/budget_chart.h"

#include <qcustomplot.h>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "views/look/theme.h"
#include "views/models/column_makers.h"
#include "views/models/showable_text.h"
#include "views/plot/byte_ticker.h"

namespace views::plot {

using core::partition::ParetoPoint;
using models::bytesText;
using models::MeasuredRun;
using models::millisecondsText;
using models::placeOf;

namespace {

constexpr double kReach = 7;  ///< pixels around a point that count as the point
constexpr double kMargin = 0.08;
constexpr int kAllTheWay = 1'000'000;
constexpr QSize kLeastForLegend(280, 280);

/// One dot with its shape; a name puts it into the legend.
void addMark(QCustomPlot* plot, QPointF at, const QCPScatterStyle& style, const QString& name) {
  QCPGraph* graph = plot->addGraph();
  graph->setLineStyle(QCPGraph::lsNone);
  graph->setScatterStyle(style);
  graph->addData(at.x(), at.y());
  name.isEmpty() ? void(graph->removeFromLegend()) : graph->setName(name);
}

}  // namespace

BudgetChart::BudgetChart(QWidget* parent)
    : ChartFrame(tr("Memory against recompute time"), parent) {
  setMinimumSize(260, 180);
  plot()->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new ByteTicker));
  redraw();
}

void BudgetChart::setContent(BudgetChartContent content) {
  m_content = std::move(content);
  m_dragged = -1;
  redraw();
}

void BudgetChart::setAxis(MemoryAxis axis) {
  if (axis == m_axis) return;
  m_axis = axis;
  redraw();
}

void BudgetChart::setPresent(const models::PartitionPlace& place) {
  m_content.present = place;
  redraw();
}

double BudgetChart::memoryOf(const models::PartitionPlace& place) const {
  return static_cast<double>(m_axis == MemoryAxis::SavedBytes ? place.savedBytes : place.peakBytes);
}

std::vector<int> BudgetChart::front() const {
  std::vector<int> indices;
  if (!m_content.curve) return indices;
  const auto& points = m_content.curve->points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool isFront =
        m_axis == MemoryAxis::SavedBytes ? points[i].onSavedFront : points[i].onPeakFront;
    if (isFront) indices.push_back(static_cast<int>(i));
  }
  std::stable_sort(indices.begin(), indices.end(), [&](int a, int b) {
    return memoryOf(placeOf(points[static_cast<std::size_t>(a)].figures)) <
           memoryOf(placeOf(points[static_cast<std::size_t>(b)].figures));
  });
  return indices;
}

void BudgetChart::redraw() {
  plot()->clearPlottables();
  styleAxes();
  styleLegend();
  plot()->xAxis->setLabel(m_axis == MemoryAxis::SavedBytes ? tr("saved bytes")
                                                           : tr("simulated peak"));
  const bool isEmpty = !m_content.curve || m_content.curve->points.empty();
  setMessage(!m_content.message.isEmpty() ? m_content.message
             : isEmpty ? tr("The curve of partitions comes with the joint graph.")
                       : QString());
  if (isEmpty || !m_content.message.isEmpty()) return;
  const std::string_view model = core::partition::costModelName(m_content.curve->timeModel);
  plot()->yAxis->setLabel(tr("recompute ms, by %1").arg(QString::fromUtf8(model)));
  drawPoints();
  drawReferences();
  drawMeasured();
  drawPresent();
  fitAxes();
  plot()->replot(QCustomPlot::rpQueuedReplot);
  describe();
}

void BudgetChart::styleLegend() {
  QCPLegend* legend = plot()->legend;
  QColor sheet = palette().color(QPalette::Base);
  sheet.setAlphaF(0.85F);
  legend->setVisible(hasRoomForLegend());
  legend->setFont(font());
  legend->setTextColor(palette().color(QPalette::Text));
  legend->setBrush(sheet);
  legend->setBorderPen(QPen(Qt::NoPen));
  legend->setIconSize(14, 14);
  plot()->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignRight);
}

/// In a small chart the legend would lie over the curve.
bool BudgetChart::hasRoomForLegend() const {
  return width() >= kLeastForLegend.width() && height() >= kLeastForLegend.height();
}

void BudgetChart::resizeEvent(QResizeEvent* event) {
  ChartFrame::resizeEvent(event);
  plot()->legend->setVisible(hasRoomForLegend());
}

void BudgetChart::drawPoints() {
  const look::Colors colors = look::colorsFor(palette());
  const auto& points = m_content.curve->points;
  QCPGraph* others = plot()->addGraph();
  others->setName(tr("can be reached"));
  others->setLineStyle(QCPGraph::lsNone);
  others->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, colors.muted, colors.muted, 4));
  for (const ParetoPoint& point : points) {
    const models::PartitionPlace place = placeOf(point.figures);
    others->addData(memoryOf(place), place.recomputeSeconds * 1e3);
  }
  QCPGraph* line = plot()->addGraph();
  line->setName(tr("nothing beats it"));
  line->setLineStyle(QCPGraph::lsLine);
  line->setPen(QPen(colors.compiled, 1.3));
  line->setScatterStyle(
      QCPScatterStyle(QCPScatterStyle::ssDisc, colors.compiled, colors.compiled, 7));
  for (const int index : front()) {
    const models::PartitionPlace place = placeOf(points[static_cast<std::size_t>(index)].figures);
    line->addData(memoryOf(place), place.recomputeSeconds * 1e3);
  }
}

void BudgetChart::drawReferences() {
  const look::Colors colors = look::colorsFor(palette());
  const auto mark = [&](const core::partition::PlanFigures& figures,
                        QCPScatterStyle::ScatterShape shape, const QString& name) {
    const models::PartitionPlace place = placeOf(figures);
    addMark(plot(), {memoryOf(place), place.recomputeSeconds * 1e3},
            QCPScatterStyle(shape, QPen(colors.eager, 1.8), Qt::NoBrush, 9), name);
  };
  mark(m_content.curve->pytorchDefault, QCPScatterStyle::ssSquare, tr("PyTorch default"));
  mark(m_content.curve->pytorchMinCut, QCPScatterStyle::ssDiamond, tr("PyTorch min-cut"));
}

void BudgetChart::drawMeasured() {
  const look::Colors colors = look::colorsFor(palette());
  for (const MeasuredRun& run : m_content.measured) {
    addMark(plot(), {memoryOf(run.place), run.place.recomputeSeconds * 1e3},
            QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(colors.good, 2), Qt::NoBrush, 12),
            tr("measured %1").arg(millisecondsText(run.medianMs)));
  }
}

void BudgetChart::drawPresent() {
  if (!m_content.present) return;
  const QColor color = palette().color(QPalette::Text);
  const QPointF at(memoryOf(*m_content.present), m_content.present->recomputeSeconds * 1e3);
  addMark(plot(), at, QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(color, 2.4), Qt::NoBrush, 15),
          QString());
  addMark(plot(), at, QCPScatterStyle(QCPScatterStyle::ssDisc, color, color, 5),
          tr("you are here"));
}

void BudgetChart::fitAxes() {
  plot()->rescaleAxes();
  for (QCPAxis* axis : {plot()->xAxis, plot()->yAxis}) {
    QCPRange range = axis->range();
    const double size = std::max(range.size(), std::max(1e-6, std::abs(range.upper) * 0.05));
    axis->setRange(range.lower - size * kMargin, range.upper + size * kMargin);
  }
}

void BudgetChart::describe() {
  const auto& curve = *m_content.curve;
  QString text =
      tr("%1 partitions can be reached. Times are estimates (%2).")
          .arg(curve.points.size())
          .arg(QString::fromUtf8(core::partition::costModelName(curve.timeModel).data()));
  if (m_content.present) {
    text +=
        tr(" Now: %1 saved, peak %2, recompute %3.")
            .arg(bytesText(m_content.present->savedBytes), bytesText(m_content.present->peakBytes),
                 millisecondsText(m_content.present->recomputeSeconds * 1e3));
  }
  setAccessibleDescription(text);
}

QPointF BudgetChart::pixelOf(const models::PartitionPlace& place) const {
  return QPointF(plot()->xAxis->coordToPixel(memoryOf(place)),
                 plot()->yAxis->coordToPixel(place.recomputeSeconds * 1e3)) +
         QPointF(plot()->pos());
}

int BudgetChart::pointAt(const QPointF& position) const {
  if (!m_content.curve || !m_content.message.isEmpty()) return -1;
  const auto& points = m_content.curve->points;
  int nearest = -1;
  double least = kReach;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double distance = QLineF(pixelOf(placeOf(points[i].figures)), position).length();
    if (distance >= least) continue;
    least = distance;
    nearest = static_cast<int>(i);
  }
  if (nearest >= 0) return nearest;
  double along = 1e9;
  for (const int index : front()) {
    const models::PartitionPlace place = placeOf(points[static_cast<std::size_t>(index)].figures);
    const double distance = std::abs(pixelOf(place).x() - position.x());
    if (distance >= along) continue;
    along = distance;
    nearest = index;
  }
  return nearest;
}

/// Position in `front` of the point nearest to the present partition along the axis; -1: none.
int BudgetChart::presentInFront(const std::vector<int>& front) const {
  int found = -1;
  double least = 0;
  for (std::size_t i = 0; i < front.size() && m_content.present; ++i) {
    const auto& point = m_content.curve->points[static_cast<std::size_t>(front[i])];
    const double distance =
        std::abs(memoryOf(placeOf(point.figures)) - memoryOf(*m_content.present));
    if (found >= 0 && distance >= least) continue;
    least = distance;
    found = static_cast<int>(i);
  }
  return found;
}

void BudgetChart::step(int by) {
  const std::vector<int> points = front();
  if (points.empty()) return;
  const int last = static_cast<int>(points.size()) - 1;
  const int now = presentInFront(points);
  const int next = std::clamp(now + by, 0, last);
  if (next != now) Q_EMIT pointChosen(points[static_cast<std::size_t>(next)]);
}

QString BudgetChart::pointText(int index) const {
  const ParetoPoint& point = m_content.curve->points[static_cast<std::size_t>(index)];
  const auto& figures = point.figures;
  const QString way = point.budget ? tr("budget %1").arg(*point.budget, 0, 'g', 4)
                                   : tr("peak limit %1").arg(bytesText(figures.peakBytes));
  return tr("%1: ◆ %2 saved in %3 tensors · ↻ %4 recomputed, %5 · peak %6")
      .arg(way, bytesText(figures.savedBytes))
      .arg(figures.savedTensors)
      .arg(figures.recomputedCalls)
      .arg(millisecondsText(figures.recomputeSeconds * 1e3), bytesText(figures.peakBytes));
}

bool BudgetChart::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return ChartFrame::event(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const int index = pointAt(help->pos());
  if (index < 0) {
    QToolTip::hideText();
  } else {
    QToolTip::showText(help->globalPos(), pointText(index).toHtmlEscaped(), this);
  }
  return true;
}

void BudgetChart::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left: step(-1); break;
    case Qt::Key_Right: step(1); break;
    case Qt::Key_Home: step(-kAllTheWay); break;
    case Qt::Key_End: step(kAllTheWay); break;
    default: QWidget::keyPressEvent(event);
  }
}

void BudgetChart::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  mouseMoveEvent(event);
}

void BudgetChart::mouseMoveEvent(QMouseEvent* event) {
  if (!(event->buttons() & Qt::LeftButton)) return;
  const int index = pointAt(event->position());
  if (index < 0 || index == m_dragged) return;
  m_dragged = index;
  setPresent(placeOf(m_content.curve->points[static_cast<std::size_t>(index)].figures));
  Q_EMIT pointPreviewed(index);
}

void BudgetChart::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || m_dragged < 0) return;
  const int chosen = m_dragged;
  m_dragged = -1;
  Q_EMIT pointChosen(chosen);
}

models::Table BudgetChart::numbers() const {
  const models::CurvePtr curve = m_content.curve;
  if (!curve) return {};
  const auto at = [curve](int row) -> const ParetoPoint& {
    return curve->points[static_cast<std::size_t>(row)];
  };
  const auto number = [](const QString& title, std::function<double(int)> value) {
    return models::textColumn(title,
                              [value](int row) { return QString::number(value(row), 'g', 12); });
  };
  models::Table table;
  table.rows = static_cast<int>(curve->points.size());
  table.columns = {
      models::textColumn(
          tr("budget"),
          [at](int row) { return at(row).budget ? QString::number(*at(row).budget) : QString(); }),
      number(tr("saved bytes"),
             [at](int row) { return static_cast<double>(at(row).figures.savedBytes); }),
      number(tr("simulated peak bytes"),
             [at](int row) { return static_cast<double>(at(row).figures.peakBytes); }),
      number(tr("estimated recompute seconds"),
             [at](int row) { return at(row).figures.recomputeSeconds; }),
      number(tr("saved tensors"), [at](int row) { return at(row).figures.savedTensors; }),
      number(tr("recomputed calls"), [at](int row) { return at(row).figures.recomputedCalls; }),
  };
  return table;
}

}  // namespace views::plot
