#pragma once

// Samples of eager and compiled steps side by side: every sample as a dot, a box from the first to
// the third quartile, and the median as a line.

#include <QWidget>
#include <memory>

#include "core/run/measurement.h"

class QCustomPlot;

namespace views::plot {

class SampleChart : public QWidget {
  Q_OBJECT

 public:
  explicit SampleChart(QWidget* parent = nullptr);

  /// Null clears the chart.
  void setMeasurement(const std::shared_ptr<const core::run::Measurement>& measurement);
  /// How many dots are drawn, both variants together.
  int sampleCount() const;

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void redraw();
  void styleAxes();
  void addVariant(int position, const core::run::Timing& timing, const QColor& color);

  QCustomPlot* m_plot = nullptr;
  std::shared_ptr<const core::run::Measurement> m_measurement;
};

}  // namespace views::plot
