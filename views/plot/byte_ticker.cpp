#include "views/plot/byte_ticker.h"

#include <cmath>

namespace views::plot {

double ByteTicker::getTickStep(const QCPRange& range) {
  const double exact = range.size() / 5;
  double unit = 1;
  while (unit * 1024 <= exact) unit *= 1024;
  const double steps = exact / unit;
  double step = 1;
  for (const double nice : {1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1024.0}) {
    step = nice;
    if (nice >= steps) break;
  }
  return std::max(1.0, step * unit);
}

QString ByteTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
  if (std::abs(tick) < 0.5) return QStringLiteral("0");
  double shown = tick;
  int unit = 0;
  static const char* const kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  while (std::abs(shown) >= 1024 && unit < 4) {
    shown /= 1024;
    ++unit;
  }
  return QString::number(shown, 'g', 4) + QChar(' ') + QLatin1String(kUnits[unit]);
}

int ByteTicker::getSubTickCount(double) {
  return 0;
}

}  // namespace views::plot
