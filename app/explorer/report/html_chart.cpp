#include "app/explorer/report/html_chart.h"

#include <algorithm>

#include "views/models/showable_text.h"

namespace explorer {

using core::run::Timing;

namespace {

constexpr double kLeft = 90;
constexpr double kWidth = 560;
constexpr double kRowHeight = 44;

double largest(const Timing& timing) {
  return timing.samplesMs.empty()
             ? 0
             : *std::max_element(timing.samplesMs.begin(), timing.samplesMs.end());
}

QString rowSvg(const QString& name, const Timing& timing, double y, double scale) {
  const QString color = QStringLiteral("var(--%1)").arg(name);
  QString svg = QStringLiteral("<text x=\"0\" y=\"%1\">%2</text>\n").arg(y + 4).arg(name);
  for (std::size_t i = 0; i < timing.samplesMs.size(); ++i) {
    const double jitter = static_cast<double>(i % 5) * 4 - 8;
    svg += QStringLiteral("<circle cx=\"%1\" cy=\"%2\" r=\"2.5\" fill=\"%3\" fill-opacity=\".5\"/>")
               .arg(kLeft + timing.samplesMs[i] * scale, 0, 'f', 1)
               .arg(y + jitter)
               .arg(color);
  }
  return svg + QStringLiteral("\n<rect x=\"%1\" y=\"%2\" width=\"3\" height=\"32\" fill=\"%3\"/>\n")
                   .arg(kLeft + timing.medianMs * scale - 1.5, 0, 'f', 1)
                   .arg(y - 16)
                   .arg(color);
}

}  // namespace

QString sampleChartSvg(const core::run::Measurement& measurement) {
  const double most = std::max(largest(measurement.eager), largest(measurement.compiled));
  if (most <= 0) return QString();
  const double scale = kWidth / most;
  QString svg = QStringLiteral(
                    "<svg width=\"%1\" height=\"130\" role=\"img\" "
                    "aria-label=\"Samples of eager and compiled steps\">\n")
                    .arg(kLeft + kWidth + 60);
  svg += rowSvg(QStringLiteral("eager"), measurement.eager, 30, scale);
  svg += rowSvg(QStringLiteral("compiled"), measurement.compiled, 30 + kRowHeight, scale);
  const double axis = 30 + kRowHeight * 2 - 14;
  svg += QStringLiteral("<line x1=\"%1\" x2=\"%2\" y1=\"%3\" y2=\"%3\" stroke=\"var(--line)\"/>\n")
             .arg(kLeft)
             .arg(kLeft + kWidth)
             .arg(axis);
  for (const double part : {0.0, 0.5, 1.0}) {
    svg += QStringLiteral("<text x=\"%1\" y=\"%2\" text-anchor=\"middle\">%3</text>\n")
               .arg(kLeft + part * kWidth)
               .arg(axis + 18)
               .arg(views::models::millisecondsText(most * part));
  }
  return svg + QStringLiteral("</svg>\n");
}

}  // namespace explorer
