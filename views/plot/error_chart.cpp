#include "views/plot/error_chart.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "views/look/theme.h"
#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::plot {

using core::run::ErrorPicture;

namespace {

QString decadeText(int decade) {
  return QStringLiteral("1e%1").arg(ErrorPicture::kSmallest + decade);
}

}  // namespace

ErrorPicture pictureOfValues(const std::vector<core::run::ComparedValue>& values) {
  ErrorPicture picture;
  for (const core::run::ComparedValue& value : values) {
    if (!(value.maxRel > 0)) {
      ++picture.equal;
      continue;
    }
    const int decade = static_cast<int>(std::floor(std::log10(value.maxRel)));
    ++picture.decades[static_cast<std::size_t>(
        std::clamp(decade - ErrorPicture::kSmallest, 0, ErrorPicture::kDecades - 1))];
  }
  return picture;
}

ErrorChart::ErrorChart(QWidget* parent)
    : ChartFrame(tr("Histogram of differences from eager"), parent) {
  setMinimumSize(220, 140);
  plot()->xAxis->setLabel(tr("relative difference from eager"));
  redraw();
}

void ErrorChart::setPicture(const ErrorPicture& picture, const QString& what) {
  m_picture = picture;
  m_what = what;
  redraw();
}

void ErrorChart::clear() {
  m_what.clear();
  redraw();
}

void ErrorChart::redraw() {
  plot()->clearPlottables();
  styleAxes();
  if (m_what.isEmpty()) return setMessage(tr("Differences come with a search for the first one."));
  setMessage({});
  auto* bars = new QCPBars(plot()->xAxis, plot()->yAxis);
  const look::Colors colors = look::colorsFor(palette());
  QColor fill = colors.compiled;
  fill.setAlphaF(0.5F);
  bars->setBrush(fill);
  bars->setPen(QPen(colors.compiled, 1));
  QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
  bars->addData(-1, static_cast<double>(m_picture.equal));
  ticker->addTick(-1, tr("equal"));
  std::int64_t most = std::max<std::int64_t>(1, m_picture.equal);
  for (int i = 0; i < ErrorPicture::kDecades; ++i) {
    const std::int64_t count = m_picture.decades[static_cast<std::size_t>(i)];
    bars->addData(i, static_cast<double>(count));
    if (i % 3 == 2) ticker->addTick(i, decadeText(i));
    most = std::max(most, count);
  }
  plot()->xAxis->setTicker(ticker);
  plot()->xAxis->setRange(-1.7, ErrorPicture::kDecades - 0.3);
  plot()->yAxis->setLabel(m_what);
  plot()->yAxis->setRange(0, static_cast<double>(most) * 1.05);
  plot()->replot(QCustomPlot::rpQueuedReplot);
  const auto all =
      std::accumulate(m_picture.decades.begin(), m_picture.decades.end(), m_picture.equal);
  setAccessibleDescription(
      tr("%1 of %2 %3 are equal")
          .arg(models::countText(m_picture.equal), models::countText(all), m_what));
}

models::Table ErrorChart::numbers() const {
  const ErrorPicture picture = m_picture;
  models::Table table;
  table.rows = ErrorPicture::kDecades + 1;
  table.columns = {
      models::textColumn(tr("from"),
                         [](int row) { return row == 0 ? tr("equal") : decadeText(row - 1); }),
      models::countColumn(tr("count"),
                          [picture](int row) {
                            return row == 0 ? picture.equal
                                            : picture.decades[static_cast<std::size_t>(row - 1)];
                          }),
  };
  return table;
}

}  // namespace views::plot
