#pragma once

// The cut: the chart that moves it, the mirrored graph that shows it, what crosses it, what is
// recomputed, memory over program order, and what differs from another cut.

#include <QTimer>

#include "views/pages/stage_page.h"
#include "views/shared/selection_hub.h"

class QTabWidget;

namespace views::graph {
class GraphView;
}

namespace views::pages {

class BudgetPanel;
class CurvePanel;
class DataTable;
class DifferencePanel;
class MemoryPanel;
class ModuleBudgetPanel;

class PartitionPage : public StagePage {
  Q_OBJECT

 public:
  PartitionPage(shared::SelectionHub* hub, QWidget* parent = nullptr);

  bool isLayingOut() const;
  BudgetPanel* budgetPanel() { return m_budget; }
  CurvePanel* curvePanel() { return m_curve; }
  /// Shows another partition over the picture of the present one, without a layout.
  void showPreview(const models::PartitionPtr& partition);
  /// Adds what a person can do with the current value to the menus of the tables.
  void addValueActions(const QList<QAction*>& actions);
  /// Brings a tab to the front.
  void showMemory();
  void showDifference();
  void showModuleBudgets(const QString& module);

 Q_SIGNALS:
  void budgetChosen(double budget);
  void partitionerChosen(core::partition::PartitionerKind kind);
  void pinsCleared();
  void costChosen(const core::partition::CostModel& cost);
  void pointPreviewed(const core::partition::ParetoPoint& point);
  void pointChosen(const core::partition::ParetoPoint& point);
  void moduleBudgetChosen(const QString& module, std::optional<double> budget);
  void referenceChosen(views::models::Reference reference);
  void keepWanted();

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  QWidget* buildTop();
  QWidget* buildHalves();
  QWidget* buildTabs();
  void connectSignals();
  void refreshTables(const Snapshot& snapshot);
  void showCutChange();
  void layOut();
  void applyFilterText();

  shared::SelectionHub* m_hub;
  BudgetPanel* m_budget = nullptr;
  CurvePanel* m_curve = nullptr;
  graph::GraphView* m_mirrored = nullptr;
  graph::GraphView* m_forward = nullptr;
  graph::GraphView* m_backward = nullptr;
  QTabWidget* m_graphs = nullptr;
  QTabWidget* m_tabs = nullptr;
  DataTable* m_saved = nullptr;
  DataTable* m_recomputed = nullptr;
  MemoryPanel* m_memory = nullptr;
  DifferencePanel* m_difference = nullptr;
  ModuleBudgetPanel* m_modules = nullptr;
  models::RecordIndexPtr m_shown;  ///< of the tables
  QTimer m_layoutTimer;            ///< a layout waits until the budget rests
  bool m_sorted = false;           ///< the first table came; from now on the person's order stands
};

}  // namespace views::pages
