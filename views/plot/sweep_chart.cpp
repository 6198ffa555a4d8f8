#include "views/plot/sweep_chart.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <algorithm>
#include <cmath>

#include "views/look/theme.h"
#include "views/plot/byte_ticker.h"

namespace views::plot {

using core::history::KeptRun;
using core::run::Measurement;

namespace {

constexpr double kRoom = 0.08;
constexpr double kClickRadius = 12;

double figureOf(const Measurement& measurement, SweepFigure figure) {
  switch (figure) {
    case SweepFigure::CompiledTime: return measurement.compiled.medianMs;
    case SweepFigure::EagerTime: return measurement.eager.medianMs;
    case SweepFigure::CompiledPeak: return static_cast<double>(measurement.compiled.peakBytes);
  }
  return 0;
}

QString titleOf(SweepFigure figure) {
  switch (figure) {
    case SweepFigure::CompiledTime: return SweepChart::tr("compiled step, ms");
    case SweepFigure::EagerTime: return SweepChart::tr("eager step, ms");
    case SweepFigure::CompiledPeak: return SweepChart::tr("compiled peak memory");
  }
  return {};
}

void setTicker(QCPAxis* axis, bool isBytes) {
  axis->setTicker(isBytes ? QSharedPointer<QCPAxisTicker>(new ByteTicker)
                          : QSharedPointer<QCPAxisTicker>(new QCPAxisTicker));
}

void giveRoom(QCPAxis* axis, double low, double high) {
  const double room = std::max((high - low) * kRoom, std::max(std::abs(high), 1e-9) * 0.02);
  axis->setRange(low - room, high + room);
}

}  // namespace

SweepChart::SweepChart(QWidget* parent) : ChartFrame(tr("Points of the sweep"), parent) {
  setMinimumSize(260, 180);
  redraw();
}

void SweepChart::setResults(models::SweepPtr results) {
  m_results = std::move(results);
  redraw();
}

void SweepChart::setAxes(const QString& across, SweepFigure figure) {
  m_across = across;
  m_figure = figure;
  redraw();
}

void SweepChart::setCurrentPoint(int point) {
  if (m_current == point) return;
  m_current = point;
  redraw();
}

void SweepChart::placePoints() {
  m_places.clear();
  m_words.clear();
  if (!m_results) return;
  const auto& points = m_results->sweep.points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const KeptRun* run = m_results->runOf(points[i]);
    if (!run || !run->measurement.speedup) continue;
    Place place{static_cast<int>(i), 0, figureOf(run->measurement, m_figure)};
    if (m_across.isEmpty()) {
      place.x = figureOf(run->measurement, SweepFigure::CompiledPeak);
    } else {
      // "s0=16" of a symbolic dimension stands at 16.
      const QString word = models::valueOf(points[i].settings, m_across);
      bool isNumber = false;
      place.x = word.section(QChar('='), -1).toDouble(&isNumber);
      if (!isNumber) {
        if (!m_words.contains(word)) m_words << word;
        place.x = static_cast<double>(m_words.indexOf(word));
      }
    }
    m_places.push_back(place);
  }
}

void SweepChart::redraw() {
  plot()->clearPlottables();
  plot()->clearItems();
  styleAxes();
  placePoints();
  if (m_places.empty()) return setMessage(tr("Points appear here as they are measured."));
  setMessage({});
  plot()->xAxis->setLabel(m_across.isEmpty() ? titleOf(SweepFigure::CompiledPeak) : m_across);
  plot()->yAxis->setLabel(titleOf(m_figure));
  setTicker(plot()->yAxis, m_figure == SweepFigure::CompiledPeak);
  setTicker(plot()->xAxis, m_across.isEmpty());
  if (!m_words.isEmpty()) {
    QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
    for (qsizetype i = 0; i < m_words.size(); ++i)
      ticker->addTick(static_cast<double>(i), m_words[i]);
    plot()->xAxis->setTicker(ticker);
  }
  const auto byX = [](const Place& a, const Place& b) { return a.x < b.x; };
  const auto byY = [](const Place& a, const Place& b) { return a.y < b.y; };
  const auto [left, right] = std::minmax_element(m_places.begin(), m_places.end(), byX);
  const auto [low, high] = std::minmax_element(m_places.begin(), m_places.end(), byY);
  giveRoom(plot()->xAxis, left->x, right->x);
  giveRoom(plot()->yAxis, low->y, high->y);
  const std::vector<int> best = models::bestPoints(*m_results);
  drawPoints(best);
  plot()->replot(QCustomPlot::rpQueuedReplot);
  setAccessibleDescription(tr("%1 points are measured, %2 of them are best in time or memory")
                               .arg(m_places.size())
                               .arg(best.size()));
}

void SweepChart::drawPoints(const std::vector<int>& best) {
  const look::Colors colors = look::colorsFor(palette());
  const auto addGraph = [&](QCPScatterStyle::ScatterShape shape, const QColor& color, double size,
                            QCPGraph::LineStyle line) {
    QCPGraph* graph = plot()->addGraph();
    graph->setScatterStyle(QCPScatterStyle(shape, color, color, size));
    graph->setLineStyle(line);
    graph->setPen(QPen(color, 1.4));
    return graph;
  };
  QCPGraph* others = addGraph(QCPScatterStyle::ssCircle, colors.compiled, 7, QCPGraph::lsNone);
  QCPGraph* front = addGraph(QCPScatterStyle::ssStar, colors.good, 11,
                             m_across.isEmpty() ? QCPGraph::lsLine : QCPGraph::lsNone);
  for (const Place& place : m_places) {
    const bool isBest = std::binary_search(best.begin(), best.end(), place.point);
    (isBest ? front : others)->addData(place.x, place.y);
    if (place.point != m_current) continue;
    QCPGraph* current = addGraph(QCPScatterStyle::ssCircle, palette().color(QPalette::Highlight),
                                 16, QCPGraph::lsNone);
    current->setScatterStyle(QCPScatterStyle(
        QCPScatterStyle::ssCircle, QPen(palette().color(QPalette::Highlight), 2), Qt::NoBrush, 16));
    current->addData(place.x, place.y);
  }
}

void SweepChart::choose(int direction) {
  if (m_places.empty()) return;
  const auto found = std::find_if(m_places.begin(), m_places.end(),
                                  [&](const Place& place) { return place.point == m_current; });
  auto next = found == m_places.end() ? 0 : found - m_places.begin() + direction;
  next = std::clamp<std::ptrdiff_t>(next, 0, static_cast<std::ptrdiff_t>(m_places.size()) - 1);
  Q_EMIT pointChosen(m_places[static_cast<std::size_t>(next)].point);
}

void SweepChart::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Left) return choose(-1);
  if (event->key() == Qt::Key_Right) return choose(1);
  QWidget::keyPressEvent(event);
}

void SweepChart::mousePressEvent(QMouseEvent* event) {
  const QPointF at = event->position() - QPointF(plot()->pos());
  int nearest = -1;
  double least = kClickRadius;
  for (const Place& place : m_places) {
    const double distance = std::hypot(plot()->xAxis->coordToPixel(place.x) - at.x(),
                                       plot()->yAxis->coordToPixel(place.y) - at.y());
    if (distance >= least) continue;
    least = distance;
    nearest = place.point;
  }
  if (nearest >= 0) Q_EMIT pointChosen(nearest);
}

models::Table SweepChart::numbers() const {
  return models::sweepTable(m_results);
}

}  // namespace views::plot
