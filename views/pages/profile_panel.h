#pragma once

// Where the time of a step goes: eager and compiled on one timeline, by module, by operator, the
// gaps, and what compiled saved by group.

#include <QWidget>

#include "views/models/layer_table.h"
#include "views/models/profile_tables.h"
#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

class QLabel;
class QTabWidget;

namespace views::plot {
class RooflineChart;
class SavingChart;
class SliceChart;
}  // namespace views::plot

namespace views::pages {

class DataTable;

class ProfilePanel : public QWidget {
  Q_OBJECT

 public:
  explicit ProfilePanel(shared::SelectionHub* hub, QWidget* parent = nullptr);

  void setSnapshot(const Snapshot& snapshot);
  /// What one core of this machine does at best: the ceilings of the roofline.
  void setPeaks(const core::partition::MachinePeaks& peaks);
  plot::SliceChart* timeline() { return m_timeline; }
  plot::SliceChart* flame() { return m_flame; }

 Q_SIGNALS:
  void intended(views::pages::Intent intent);

 private:
  QWidget* buildSavings();
  QWidget* buildRoofline();
  void showWork();
  void buildTabs();
  void connectSelection();
  void showHead(const Snapshot& snapshot);
  void exportTrace();

  shared::SelectionHub* m_hub;
  models::ProfilePtr m_profile;
  models::RecordIndexPtr m_index;
  QLabel* m_sentence = nullptr;
  QLabel* m_current = nullptr;
  QWidget* m_export = nullptr;
  plot::SliceChart* m_timeline = nullptr;
  plot::SliceChart* m_flame = nullptr;
  plot::SavingChart* m_savingChart = nullptr;
  plot::RooflineChart* m_roofline = nullptr;
  core::partition::MachinePeaks m_peaks;
  int m_threads = 1;  ///< of the profiled steps
  DataTable* m_layers = nullptr;
  DataTable* m_work = nullptr;
  DataTable* m_operators = nullptr;
  DataTable* m_gaps = nullptr;
  DataTable* m_savings = nullptr;
  DataTable* m_slices = nullptr;
  QTabWidget* m_tabs = nullptr;
};

}  // namespace views::pages
