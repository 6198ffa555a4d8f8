#pragma once

// Forward, backward and eager in one table of numbers, with the check beside it.

#include "views/pages/stage_page.h"

class QTabWidget;

namespace views::pages {

class DataTable;
class RunsPanel;
class SweepPanel;

class ComparePage : public StagePage {
  Q_OBJECT

 public:
  explicit ComparePage(QWidget* parent = nullptr);

  RunsPanel* runsPanel() { return m_runs; }
  SweepPanel* sweepPanel() { return m_sweep; }
  /// Brings the kept runs to the front; there with and without an open model. So are the sweeps.
  void showRuns();
  void showSweep();

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  QWidget* buildThisRun();
  void bringForward(QWidget* tab);

  QTabWidget* m_tabs = nullptr;
  RunsPanel* m_runs = nullptr;
  SweepPanel* m_sweep = nullptr;
  bool m_tabWanted = false;  ///< asked for, perhaps without a model
  QLabel* m_sentence = nullptr;
  QLabel* m_check = nullptr;
  QPushButton* m_run = nullptr;
  DataTable* m_numbers = nullptr;
  DataTable* m_timing = nullptr;
  DataTable* m_checks = nullptr;
};

}  // namespace views::pages
