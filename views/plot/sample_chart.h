#pragma once

// Samples of eager and compiled steps side by side, and of a replayed CUDA graph and of the step as
// one schedule where they were measured and right: every sample as a dot, a box from the first to
// the third quartile, and the median as a line. Arrow keys walk over the samples in the order they
// were taken.

#include <memory>

#include "core/run/measurement.h"
#include "views/plot/chart_frame.h"

namespace views::plot {

class SampleChart : public ChartFrame {
  Q_OBJECT

 public:
  explicit SampleChart(QWidget* parent = nullptr);

  /// Null clears the chart.
  void setMeasurement(const std::shared_ptr<const core::run::Measurement>& measurement);
  /// How many dots are drawn, all variants together.
  int sampleCount() const;
  /// The sample that the keyboard is at, eager's first; -1: none.
  int currentSample() const { return m_current; }

 protected:
  models::Table numbers() const override;
  void redraw() override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Variant {
    QString title;
    const core::run::Timing* timing = nullptr;  ///< in m_measurement
  };
  struct Sample {
    int variant = 0;   ///< place in m_variants, which is also that on the x axis
    int number = 1;    ///< in the order taken
    double along = 0;  ///< its place on the x axis
    double milliseconds = 0;
  };

  void listVariants();
  void listSamples();
  void addVariant(int variant);
  QString medians() const;
  void markCurrent();
  QString sentenceOf(const Sample& sample) const;

  std::shared_ptr<const core::run::Measurement> m_measurement;
  std::vector<Variant> m_variants;
  std::vector<Sample> m_samples;
  int m_current = -1;
};

}  // namespace views::plot
