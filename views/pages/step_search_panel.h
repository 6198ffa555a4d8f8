#pragma once

// Where compiled first computes something else than eager: the node, how its elements differ, where
// NaN and infinities stand, and every value that was compared.

#include <QWidget>

#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

class QLabel;
class QPushButton;

namespace views::plot {
class ErrorChart;
}

namespace views::pages {

class DataTable;

class StepSearchPanel : public QWidget {
  Q_OBJECT

 public:
  explicit StepSearchPanel(shared::SelectionHub* hub, QWidget* parent = nullptr);

  void setSnapshot(const Snapshot& snapshot);
  /// What stands above the tables.
  QString sentence() const;

 Q_SIGNALS:
  /// The found node was selected, and is to be seen in the graph.
  void graphWanted();

 private:
  void showSearch();
  void selectNode();

  shared::SelectionHub* m_hub;
  std::shared_ptr<const core::run::StepSearch> m_search;
  bool m_stale = false;
  QLabel* m_sentence = nullptr;
  QLabel* m_notFinite = nullptr;
  QPushButton* m_show = nullptr;
  plot::ErrorChart* m_chart = nullptr;
  DataTable* m_values = nullptr;
};

}  // namespace views::pages
