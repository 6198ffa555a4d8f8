#include "views/plot/sample_chart.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <algorithm>

#include "views/look/theme.h"
#include "views/models/column_makers.h"
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

SampleChart::SampleChart(QWidget* parent) : ChartFrame(tr("Chart of step times"), parent) {
  plot()->yAxis->setLabel(tr("time of a step, ms"));
  setMinimumSize(260, 200);
  redraw();
}

void SampleChart::setMeasurement(const std::shared_ptr<const core::run::Measurement>& measurement) {
  m_measurement = measurement;
  m_current = -1;
  listVariants();
  listSamples();
  redraw();
}

// No time stands here without a passed check; eager is what checks compare with, and the page says
// so where the compiled step failed.
void SampleChart::listVariants() {
  m_variants.clear();
  if (!m_measurement) return;
  const core::run::Measurement& run = *m_measurement;
  m_variants = {{tr("eager"), &run.eager}, {tr("compiled"), &run.compiled}};
  if (run.whole && run.whole->check.passed)
    m_variants.push_back({tr("as one schedule"), &run.whole->timing});
  if (run.graph && run.graph->check.passed)
    m_variants.push_back({tr("CUDA graph"), &run.graph->timing});
  QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
  for (std::size_t i = 0; i < m_variants.size(); ++i)
    ticker->addTick(static_cast<double>(i), m_variants[i].title);
  plot()->xAxis->setTicker(ticker);
}

// Dots are spread evenly over the width in the order they were taken, so a drift shows as a slope.
void SampleChart::listSamples() {
  m_samples.clear();
  for (std::size_t variant = 0; variant < m_variants.size(); ++variant) {
    const std::vector<double>& samples = m_variants[variant].timing->samplesMs;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double along =
          (static_cast<double>(i) + 0.5) / static_cast<double>(samples.size()) * 2 - 1;
      m_samples.push_back({static_cast<int>(variant), static_cast<int>(i) + 1,
                           static_cast<double>(variant) + along * kDotSpread, samples[i]});
    }
  }
}

QString SampleChart::medians() const {
  QStringList parts;
  for (const Variant& variant : m_variants)
    parts << tr("%1 %2").arg(variant.title, models::millisecondsText(variant.timing->medianMs));
  return tr("Median of a step: %1").arg(parts.join(QStringLiteral(", ")));
}

int SampleChart::sampleCount() const {
  return static_cast<int>(m_samples.size());
}

void SampleChart::redraw() {
  plot()->clearPlottables();
  plot()->clearItems();
  styleAxes();
  plot()->xAxis->grid()->setVisible(false);
  if (m_samples.empty()) {
    setMessage(tr("Samples of steps come with a run."));
    return;
  }
  setMessage({});
  for (int variant = 0; variant < static_cast<int>(m_variants.size()); ++variant)
    addVariant(variant);
  plot()->rescaleAxes();
  const double top = plot()->yAxis->range().upper;
  plot()->yAxis->setRange(0, top > 0 ? top * 1.08 : 1);
  plot()->xAxis->setRange(-0.6, static_cast<double>(m_variants.size()) - 0.4);
  QString description = medians();
  if (m_current >= 0) {
    markCurrent();
    description = sentenceOf(m_samples[static_cast<std::size_t>(m_current)]);
  }
  setAccessibleDescription(description);
  plot()->replot(QCustomPlot::rpQueuedReplot);
}

QString SampleChart::sentenceOf(const Sample& sample) const {
  return tr("%1, sample %2: %3")
      .arg(m_variants[static_cast<std::size_t>(sample.variant)].title)
      .arg(sample.number)
      .arg(models::millisecondsText(sample.milliseconds));
}

void SampleChart::markCurrent() {
  const Sample& sample = m_samples[static_cast<std::size_t>(m_current)];
  auto* mark = new QCPItemTracer(plot());
  mark->setStyle(QCPItemTracer::tsCircle);
  mark->setSize(11);
  mark->setPen(QPen(palette().color(QPalette::Text), 1.6));
  mark->position->setCoords(sample.along, sample.milliseconds);
  auto* text = new QCPItemText(plot());
  text->setText(sentenceOf(sample));
  text->setColor(palette().color(QPalette::Text));
  text->setFont(font());
  text->setPositionAlignment(Qt::AlignRight | Qt::AlignTop);
  text->position->setType(QCPItemPosition::ptAxisRectRatio);
  text->position->setCoords(0.995, 0.01);
}

void SampleChart::keyPressEvent(QKeyEvent* event) {
  const int last = sampleCount() - 1;
  if (last < 0) return QWidget::keyPressEvent(event);
  switch (event->key()) {
    case Qt::Key_Left: m_current = std::max(0, m_current - 1); break;
    case Qt::Key_Right: m_current = std::min(last, m_current + 1); break;
    case Qt::Key_Home: m_current = 0; break;
    case Qt::Key_End: m_current = last; break;
    default: return QWidget::keyPressEvent(event);
  }
  redraw();
}

models::Table SampleChart::numbers() const {
  const auto at = [samples = m_samples](int row) { return samples[static_cast<std::size_t>(row)]; };
  QStringList titles;
  for (const Variant& variant : m_variants) titles << variant.title;
  models::Table table;
  table.rows = sampleCount();
  table.columns = {
      models::textColumn(tr("variant"), [at, titles](int row) { return titles[at(row).variant]; }),
      models::textColumn(tr("sample"), [at](int row) { return QString::number(at(row).number); }),
      models::textColumn(tr("ms"), [at](int row) { return QString::number(at(row).milliseconds); }),
  };
  return table;
}

void SampleChart::addVariant(int variant) {
  const Timing& timing = *m_variants[static_cast<std::size_t>(variant)].timing;
  if (timing.samplesMs.empty()) return;
  const look::Colors colors = look::colorsFor(palette());
  const QColor color = variant == 0 ? colors.eager : colors.compiled;
  std::vector<double> sorted = timing.samplesMs;
  std::sort(sorted.begin(), sorted.end());

  auto* box = new QCPStatisticalBox(plot()->xAxis, plot()->yAxis);
  box->addData(variant, sorted.front(), quantile(sorted, 0.25), quantile(sorted, 0.5),
               quantile(sorted, 0.75), sorted.back());
  box->setWidth(kBoxHalfWidth * 4);
  QColor fill = color;
  fill.setAlphaF(0.16F);
  box->setBrush(fill);
  box->setPen(QPen(color, 1.2));
  box->setWhiskerPen(QPen(color, 1.2));
  box->setWhiskerBarPen(QPen(color, 1.2));
  box->setMedianPen(QPen(color, 3));

  QCPGraph* dots = plot()->addGraph();
  dots->setLineStyle(QCPGraph::lsNone);
  QColor dot = color;
  dot.setAlphaF(0.55F);
  dots->setScatterStyle(QCPScatterStyle(
      variant == 0 ? QCPScatterStyle::ssDisc : QCPScatterStyle::ssSquare, dot, dot, 5));
  for (const Sample& sample : m_samples) {
    if (sample.variant == variant) dots->addData(sample.along, sample.milliseconds);
  }
}

}  // namespace views::plot
