#pragma once

// What compiled saved against eager, by group, as stacked bars: what the compiled kernel takes, and
// on top of it what is saved of eager's time, or what was lost.

#include "views/models/profile_tables.h"
#include "views/plot/chart_frame.h"

namespace views::plot {

class SavingChart : public ChartFrame {
  Q_OBJECT

 public:
  explicit SavingChart(QWidget* parent = nullptr);

  /// Null clears the chart. Shown are the groups that changed the step most, either way.
  void setSavings(models::SavingsPtr savings);
  int barCount() const { return static_cast<int>(m_shown.size()); }

 protected:
  models::Table numbers() const override;
  void redraw() override;
  void mousePressEvent(QMouseEvent* event) override;

 Q_SIGNALS:
  void nodeChosen(const QString& node);

 private:
  models::SavingsPtr m_savings;
  std::vector<core::run::GroupSaving> m_shown;
};

}  // namespace views::plot
