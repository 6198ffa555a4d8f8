#pragma once

// The joint graph: mirrored on the canvas, and as a table that holds the same facts.

#include "views/pages/stage_page.h"
#include "views/shared/selection_hub.h"

namespace views::graph {
class GraphView;
}

class QTabWidget;

namespace views::pages {

class DataTable;

class JointPage : public StagePage {
  Q_OBJECT

 public:
  JointPage(shared::SelectionHub* hub, QWidget* parent = nullptr);

  bool isLayingOut() const;
  /// Brings the table of forward calls and their backward calls to the front.
  void showSequenceTable();
  /// The same of the table of guards.
  void showGuards();

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  void applyFilterText();

  shared::SelectionHub* m_hub;
  graph::GraphView* m_graph = nullptr;
  QTabWidget* m_tabs = nullptr;
  DataTable* m_table = nullptr;
  DataTable* m_sequence = nullptr;
  DataTable* m_guards = nullptr;
};

}  // namespace views::pages
