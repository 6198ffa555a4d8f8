#pragma once

// The cut: forward and backward side by side, what crosses it, what is recomputed, and the budget
// that moves it.

#include "views/pages/stage_page.h"
#include "views/shared/selection_hub.h"

class QTabWidget;

namespace views::graph {
class GraphView;
}

namespace views::pages {

class BudgetPanel;
class DataTable;

class PartitionPage : public StagePage {
  Q_OBJECT

 public:
  PartitionPage(shared::SelectionHub* hub, QWidget* parent = nullptr);

  bool isLayingOut() const;
  BudgetPanel* budgetPanel() { return m_budget; }

 Q_SIGNALS:
  void budgetChosen(double budget);
  void partitionerChosen(core::partition::PartitionerKind kind);
  void pinsCleared();

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  QWidget* buildGraphs();
  QWidget* buildTables();
  void applyFilterText();

  shared::SelectionHub* m_hub;
  BudgetPanel* m_budget = nullptr;
  graph::GraphView* m_forward = nullptr;
  graph::GraphView* m_backward = nullptr;
  QTabWidget* m_tabs = nullptr;
  bool m_sorted = false;  ///< the first table came; from now on the person's order stands
  DataTable* m_saved = nullptr;
  DataTable* m_recomputed = nullptr;
};

}  // namespace views::pages
