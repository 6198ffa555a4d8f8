#pragma once

// Slices of a profile against what the machine can do: operations a byte on the x axis, operations
// a second on the y axis, both logarithmic, under the ceilings of memory and of arithmetic.

#include "views/models/layer_table.h"
#include "views/plot/chart_frame.h"

namespace views::plot {

class RooflineChart : public ChartFrame {
  Q_OBJECT

 public:
  using WorkPtr = std::shared_ptr<const std::vector<models::SliceWork>>;

  explicit RooflineChart(QWidget* parent = nullptr);

  /// `peaks` are those of one core; a second pair of lines shows `threads` cores.
  void setWork(WorkPtr work, const core::partition::MachinePeaks& peaks, int threads);

 Q_SIGNALS:
  void nodeChosen(const QString& node);

 protected:
  models::Table numbers() const override;
  void redraw() override;
  void mousePressEvent(QMouseEvent* event) override;

 private:
  void drawCeiling(const core::partition::MachinePeaks& peaks, bool isDashed);
  void drawRun(bool isCompiled);

  WorkPtr m_work;
  core::partition::MachinePeaks m_peaks;
  int m_threads = 1;
};

}  // namespace views::plot
