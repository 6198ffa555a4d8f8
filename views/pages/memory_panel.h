#pragma once

// Memory over program order: the chart, and what is alive at its cursor.

#include <QWidget>

#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

class QLabel;

namespace views::plot {
class MemoryChart;
}

namespace views::pages {

class DataTable;

class MemoryPanel : public QWidget {
  Q_OBJECT

 public:
  MemoryPanel(shared::SelectionHub* hub, QWidget* parent = nullptr);

  void setSnapshot(const Snapshot& snapshot);
  plot::MemoryChart* chart() const { return m_chart; }
  DataTable* aliveTable() const { return m_alive; }

 private:
  void showStep(int step);
  void selectStep(int step);

  shared::SelectionHub* m_hub;
  models::TimelinePtr m_timeline;
  plot::MemoryChart* m_chart;
  QLabel* m_step;
  DataTable* m_alive;
};

}  // namespace views::pages
