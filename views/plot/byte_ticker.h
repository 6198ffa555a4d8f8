#pragma once

// Ticks of an axis in bytes: at round multiples of a power of two, with binary units. Included by
// the charts' sources only.

#include <qcustomplot.h>

namespace views::plot {

class ByteTicker : public QCPAxisTicker {
 protected:
  double getTickStep(const QCPRange& range) override;
  QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
  int getSubTickCount(double step) override;
};

}  // namespace views::plot
