#include "views/plot/sample_chart.h"

#include <qcustomplot.h>

#include <QEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "views/look/theme.h"
#include "views/models/showable_text.h"

namespace views::plot {

using core::run::Timing;

namespace {

constexpr double kBoxHalfWidth = 0.18;
constexpr double kDotSpread = 0.32;

/// Linear interpolation between the sorted samples around `fraction`.
double quantile(const std::vector<double>& sorted, double fraction) {
  const double place = fraction * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (place - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

}  // namespace

SampleChart::SampleChart(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_plot);
  m_plot->setAccessibleName(tr("Chart of step times"));
  m_plot->setFocusPolicy(Qt::NoFocus);
  setMinimumSize(260, 200);
  redraw();
}

void SampleChart::setMeasurement(const std::shared_ptr<const core::run::Measurement>& measurement) {
  m_measurement = measurement;
  redraw();
}

int SampleChart::sampleCount() const {
  int count = 0;
  for (int i = 0; i < m_plot->graphCount(); ++i) {
    if (m_plot->graph(i)->scatterStyle().shape() != QCPScatterStyle::ssNone) {
      count += m_plot->graph(i)->dataCount();
    }
  }
  return count;
}

void SampleChart::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) redraw();
  QWidget::changeEvent(event);
}

void SampleChart::redraw() {
  m_plot->clearPlottables();
  m_plot->clearItems();
  styleAxes();
  if (m_measurement) {
    const look::Colors colors = look::colorsFor(palette());
    addVariant(1, m_measurement->eager, colors.eager);
    addVariant(2, m_measurement->compiled, colors.compiled);
    m_plot->rescaleAxes();
    const double top = m_plot->yAxis->range().upper;
    m_plot->yAxis->setRange(0, top > 0 ? top * 1.08 : 1);
    setAccessibleDescription(tr("Median of an eager step %1, of a compiled step %2")
                                 .arg(models::millisecondsText(m_measurement->eager.medianMs),
                                      models::millisecondsText(m_measurement->compiled.medianMs)));
  }
  m_plot->xAxis->setRange(0.4, 2.6);
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void SampleChart::styleAxes() {
  const QColor text = palette().color(QPalette::Text);
  const QColor grid = look::colorsFor(palette()).grid;
  m_plot->setBackground(palette().color(QPalette::Base));
  QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
  ticker->addTick(1, tr("eager"));
  ticker->addTick(2, tr("compiled"));
  m_plot->xAxis->setTicker(ticker);
  m_plot->yAxis->setLabel(tr("time of a step, ms"));
  for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
    axis->setLabelColor(text);
    axis->setTickLabelColor(text);
    axis->setLabelFont(font());
    axis->setTickLabelFont(font());
    axis->setBasePen(QPen(grid));
    axis->setTickPen(QPen(grid));
    axis->setSubTickPen(QPen(Qt::NoPen));
    axis->grid()->setPen(QPen(grid));
    axis->grid()->setZeroLinePen(QPen(grid));
  }
  m_plot->xAxis->grid()->setVisible(false);
}

// Dots are spread evenly over the width in the order they were taken, so a drift shows as a slope.
void SampleChart::addVariant(int position, const Timing& timing, const QColor& color) {
  if (timing.samplesMs.empty()) return;
  std::vector<double> sorted = timing.samplesMs;
  std::sort(sorted.begin(), sorted.end());

  auto* box = new QCPStatisticalBox(m_plot->xAxis, m_plot->yAxis);
  box->addData(position, sorted.front(), quantile(sorted, 0.25), quantile(sorted, 0.5),
               quantile(sorted, 0.75), sorted.back());
  box->setWidth(kBoxHalfWidth * 4);
  QColor fill = color;
  fill.setAlphaF(0.16F);
  box->setBrush(fill);
  box->setPen(QPen(color, 1.2));
  box->setWhiskerPen(QPen(color, 1.2));
  box->setWhiskerBarPen(QPen(color, 1.2));
  box->setMedianPen(QPen(color, 3));

  QCPGraph* dots = m_plot->addGraph();
  dots->setLineStyle(QCPGraph::lsNone);
  QColor dot = color;
  dot.setAlphaF(0.55F);
  dots->setScatterStyle(QCPScatterStyle(
      position == 1 ? QCPScatterStyle::ssDisc : QCPScatterStyle::ssSquare, dot, dot, 5));
  const auto count = static_cast<double>(timing.samplesMs.size());
  for (std::size_t i = 0; i < timing.samplesMs.size(); ++i) {
    const double along = (static_cast<double>(i) + 0.5) / count * 2 - 1;
    dots->addData(position + along * kDotSpread, timing.samplesMs[i]);
  }
}

}  // namespace views::plot
