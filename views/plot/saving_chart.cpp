#include "views/plot/saving_chart.h"

#include <qcustomplot.h>

#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "views/look/theme.h"
#include "views/models/showable_text.h"

namespace views::plot {

using core::run::GroupSaving;

namespace {

constexpr std::size_t kMostBars = 14;
constexpr int kLongestTitle = 26;

QCPBars* addBars(QCustomPlot* plot, const QString& name, const QColor& color,
                 Qt::BrushStyle style) {
  auto* bars = new QCPBars(plot->yAxis, plot->xAxis);
  bars->setName(name);
  bars->setWidth(0.7);
  QColor fill = color;
  if (style == Qt::SolidPattern) fill.setAlphaF(0.55F);
  bars->setBrush(QBrush(fill, style));
  bars->setPen(QPen(color, 1));
  return bars;
}

}  // namespace

SavingChart::SavingChart(QWidget* parent)
    : ChartFrame(tr("What compiled saved, by group"), parent) {
  setMinimumSize(260, 160);
  plot()->xAxis->setLabel(tr("time of a step, µs"));
  redraw();
}

void SavingChart::setSavings(models::SavingsPtr savings) {
  m_savings = std::move(savings);
  m_shown.clear();
  if (m_savings) m_shown = *m_savings;
  std::stable_sort(m_shown.begin(), m_shown.end(), [](const GroupSaving& a, const GroupSaving& b) {
    return std::abs(a.savedUs()) > std::abs(b.savedUs());
  });
  m_shown.resize(std::min(m_shown.size(), kMostBars));
  redraw();
}

void SavingChart::redraw() {
  plot()->clearPlottables();
  styleAxes();
  if (m_shown.empty()) return setMessage(tr("What compiled saved comes with a profile."));
  setMessage({});
  const look::Colors colors = look::colorsFor(palette());
  QCPBars* took = addBars(plot(), tr("compiled"), colors.compiled, Qt::SolidPattern);
  QCPBars* saved = addBars(plot(), tr("saved"), colors.good, Qt::BDiagPattern);
  QCPBars* lost = addBars(plot(), tr("lost"), colors.bad, Qt::DiagCrossPattern);
  saved->moveAbove(took);
  lost->moveAbove(saved);
  QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
  double longest = 1;
  for (std::size_t i = 0; i < m_shown.size(); ++i) {
    const GroupSaving& group = m_shown[i];
    const double place = -static_cast<double>(i);
    took->addData(place, std::min(group.compiledUs, group.eagerUs));
    saved->addData(place, std::max(0.0, group.savedUs()));
    lost->addData(place, std::max(0.0, -group.savedUs()));
    longest = std::max({longest, group.eagerUs, group.compiledUs});
    const QString half = group.inBackward ? tr(" ▴") : tr(" ▾");
    ticker->addTick(place, models::showable(group.name).left(kLongestTitle) + half);
  }
  plot()->yAxis->setTicker(ticker);
  plot()->yAxis->setRange(0.6 - static_cast<double>(m_shown.size()), 0.6);
  plot()->xAxis->setRange(0, longest * 1.05);
  plot()->legend->setVisible(true);
  plot()->legend->setBrush(palette().color(QPalette::Base));
  plot()->legend->setTextColor(palette().color(QPalette::Text));
  plot()->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignBottom | Qt::AlignRight);
  plot()->replot(QCustomPlot::rpQueuedReplot);
  const GroupSaving& first = m_shown.front();
  setAccessibleDescription(tr("Most changed: %1, eager %2, compiled %3")
                               .arg(models::showable(first.name),
                                    models::millisecondsText(first.eagerUs / 1e3),
                                    models::millisecondsText(first.compiledUs / 1e3)));
}

void SavingChart::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || m_shown.empty()) return;
  const double place = plot()->yAxis->pixelToCoord(event->position().y() - plot()->y());
  const long row = std::lround(-place);
  if (row < 0 || row >= static_cast<long>(m_shown.size())) return;
  const GroupSaving& group = m_shown[static_cast<std::size_t>(row)];
  if (!group.node.empty()) Q_EMIT nodeChosen(QString::fromStdString(group.node));
}

models::Table SavingChart::numbers() const {
  return models::savingTable(m_savings);
}

}  // namespace views::plot
