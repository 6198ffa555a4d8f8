#include "views/plot/roofline_chart.h"

#include <qcustomplot.h>

#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "views/look/theme.h"
#include "views/models/showable_text.h"

namespace views::plot {

using core::partition::MachinePeaks;
using models::SliceWork;

namespace {

constexpr double kGiga = 1e9;
constexpr double kRoom = 2;
constexpr double kClickRadius = 12;

void makeLogarithmic(QCPAxis* axis) {
  axis->setScaleType(QCPAxis::stLogarithmic);
  axis->setTicker(QSharedPointer<QCPAxisTicker>(new QCPAxisTickerLog));
  axis->setNumberFormat(QStringLiteral("gb"));
  axis->setNumberPrecision(0);
}

MachinePeaks timesThreads(MachinePeaks peaks, int threads) {
  peaks.flopsPerSecond *= threads;
  peaks.bytesPerSecond *= threads;
  return peaks;
}

}  // namespace

RooflineChart::RooflineChart(QWidget* parent) : ChartFrame(tr("Roofline of the slices"), parent) {
  setMinimumSize(260, 180);
  makeLogarithmic(plot()->xAxis);
  makeLogarithmic(plot()->yAxis);
  plot()->xAxis->setLabel(tr("FLOP a byte that is moved"));
  plot()->yAxis->setLabel(tr("GFLOP a second"));
  redraw();
}

void RooflineChart::setWork(WorkPtr work, const MachinePeaks& peaks, int threads) {
  m_work = std::move(work);
  m_peaks = peaks;
  m_threads = std::max(1, threads);
  redraw();
}

void RooflineChart::redraw() {
  plot()->clearPlottables();
  plot()->clearItems();
  styleAxes();
  if (!m_work || m_work->empty())
    return setMessage(tr("A profile shows here which slices come near the machine's limits."));
  setMessage({});
  const auto [least, most] = std::minmax_element(
      m_work->begin(), m_work->end(),
      [](const SliceWork& a, const SliceWork& b) { return a.flopsPerByte() < b.flopsPerByte(); });
  double slowest = m_peaks.flopsPerSecond;
  for (const SliceWork& slice : *m_work) slowest = std::min(slowest, slice.flopsPerSecond());
  const double ridge = m_peaks.flopsPerSecond / m_peaks.bytesPerSecond;
  plot()->xAxis->setRange(least->flopsPerByte() / kRoom,
                          std::max(most->flopsPerByte(), ridge) * kRoom);
  plot()->yAxis->setRange(slowest / kGiga / kRoom,
                          m_peaks.flopsPerSecond * m_threads / kGiga * kRoom);
  drawCeiling(m_peaks, false);
  if (m_threads > 1) drawCeiling(timesThreads(m_peaks, m_threads), true);
  drawRun(false);
  drawRun(true);
  plot()->replot(QCustomPlot::rpQueuedReplot);
  setAccessibleDescription(
      tr("%1; one core does at most %2 a second and moves %3 a second")
          .arg(models::countedText(static_cast<std::int64_t>(m_work->size()), tr("slice")),
               models::operationsText(m_peaks.flopsPerSecond),
               models::bytesText(static_cast<std::int64_t>(m_peaks.bytesPerSecond))));
}

void RooflineChart::drawCeiling(const MachinePeaks& peaks, bool isDashed) {
  const QCPRange shown = plot()->xAxis->range();
  const double ridge = peaks.flopsPerSecond / peaks.bytesPerSecond;
  QCPGraph* line = plot()->addGraph();
  line->setPen(
      QPen(look::colorsFor(palette()).muted, 1.6, isDashed ? Qt::DashLine : Qt::SolidLine));
  for (const double at : {shown.lower, std::clamp(ridge, shown.lower, shown.upper), shown.upper})
    line->addData(at, models::rooflineLimit(peaks, at) / kGiga);
  auto* text = new QCPItemText(plot());
  text->setText(isDashed ? tr("%1 cores").arg(m_threads) : tr("one core, measured"));
  text->setColor(look::colorsFor(palette()).muted);
  text->setFont(font());
  text->setPositionAlignment(Qt::AlignRight | Qt::AlignBottom);
  text->position->setCoords(shown.upper, models::rooflineLimit(peaks, shown.upper) / kGiga);
}

void RooflineChart::drawRun(bool isCompiled) {
  const look::Colors colors = look::colorsFor(palette());
  QColor color = isCompiled ? colors.compiled : colors.eager;
  QCPGraph* dots = plot()->addGraph();
  dots->setLineStyle(QCPGraph::lsNone);
  dots->setScatterStyle(QCPScatterStyle(
      isCompiled ? QCPScatterStyle::ssSquare : QCPScatterStyle::ssCircle, color, Qt::NoBrush, 7));
  for (const SliceWork& slice : *m_work)
    if (slice.isCompiled == isCompiled)
      dots->addData(slice.flopsPerByte(), slice.flopsPerSecond() / kGiga);
}

void RooflineChart::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !m_work) return;
  const QPointF at = event->position() - QPointF(plot()->pos());
  const SliceWork* nearest = nullptr;
  double least = kClickRadius;
  for (const SliceWork& slice : *m_work) {
    const double distance =
        std::hypot(plot()->xAxis->coordToPixel(slice.flopsPerByte()) - at.x(),
                   plot()->yAxis->coordToPixel(slice.flopsPerSecond() / kGiga) - at.y());
    if (distance >= least) continue;
    least = distance;
    nearest = &slice;
  }
  if (nearest) Q_EMIT nodeChosen(nearest->node);
}

models::Table RooflineChart::numbers() const {
  return models::workTable(m_work, m_peaks);
}

}  // namespace views::plot
