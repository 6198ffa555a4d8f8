#pragma once

// The joint graph: mirrored on the canvas, and as a table that holds the same facts.

#include "views/pages/stage_page.h"
#include "views/shared/selection_hub.h"

namespace views::graph {
class GraphView;
}

namespace views::pages {

class DataTable;

class JointPage : public StagePage {
  Q_OBJECT

 public:
  JointPage(shared::SelectionHub* hub, QWidget* parent = nullptr);

  /// Zoom, expand, export and so on, for the menu.
  QList<QAction*> graphActions() const;
  bool isLayingOut() const;

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  void applyFilterText();

  shared::SelectionHub* m_hub;
  graph::GraphView* m_graph = nullptr;
  DataTable* m_table = nullptr;
};

}  // namespace views::pages
