#pragma once

// The chart that is the slider, with the choice of its axis.

#include <QWidget>

#include "views/pages/snapshot.h"

class QComboBox;

namespace views::plot {
class BudgetChart;
}

namespace views::pages {

class CurvePanel : public QWidget {
  Q_OBJECT

 public:
  explicit CurvePanel(QWidget* parent = nullptr);

  void setSnapshot(const Snapshot& snapshot);
  /// Moves the mark of the present partition: a preview.
  void showPlace(const models::PartitionPlace& place);
  plot::BudgetChart* chart() const { return m_chart; }
  /// To the next point of the curve with more (+1) or less (-1) memory.
  void step(int by);

 Q_SIGNALS:
  /// Dragged over: to be shown, not to be kept.
  void pointPreviewed(const core::partition::ParetoPoint& point);
  void pointChosen(const core::partition::ParetoPoint& point);

 private:
  const core::partition::ParetoPoint& point(int index) const;

  models::CurvePtr m_curve;
  QComboBox* m_axis;
  plot::BudgetChart* m_chart;
};

}  // namespace views::pages
