#pragma once

// The shown partition beside another one: figures of both, and what moved.

#include <QWidget>
#include <array>
#include <optional>

#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

class QComboBox;
class QLabel;

namespace views::pages {

class DataTable;

class DifferencePanel : public QWidget {
  Q_OBJECT

 public:
  DifferencePanel(shared::SelectionHub* hub, QWidget* parent = nullptr);

  void setSnapshot(const Snapshot& snapshot);
  /// "122 saved, 111 recomputed · moved: 1".
  QString summary() const;

 Q_SIGNALS:
  void referenceChosen(views::models::Reference reference);
  void keepWanted();

 private:
  shared::SelectionHub* m_hub;
  QComboBox* m_reference;
  QLabel* m_summary;
  DataTable* m_figures;
  DataTable* m_moved;
  models::PartitionPtr m_before;
  models::PartitionPtr m_after;
  std::array<std::optional<std::int64_t>, 2> m_peaks;  ///< measured, of both
};

}  // namespace views::pages
