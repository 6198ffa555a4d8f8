#pragma once

// The controls of the partition: partitioner, budget, undo; and what the choice costs.

#include <QWidget>

#include "views/pages/snapshot.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSlider;

namespace views::pages {

class BudgetPanel : public QWidget {
  Q_OBJECT

 public:
  explicit BudgetPanel(QWidget* parent = nullptr);

  void setSnapshot(const SnapshotPtr& snapshot);
  /// One line in place of the figures, until the next snapshot.
  void showPreview(const QString& sentence);
  /// "◆ 4.60 MiB saved in 12 tensors · …": the figures of the current partition.
  QString figures() const;

 Q_SIGNALS:
  /// A person moved the budget; comes as often as the slider moves.
  void budgetChosen(double budget);
  void partitionerChosen(core::partition::PartitionerKind kind);
  void pinsCleared();
  void costChosen(const core::partition::CostModel& cost);

 private:
  void buildControls();
  QComboBox* buildCost();
  void showCost(const Snapshot& snapshot);
  void chooseCost(int index);
  void showFigures(const Snapshot& snapshot);

  QComboBox* m_partitioner = nullptr;
  QSlider* m_slider = nullptr;
  QDoubleSpinBox* m_value = nullptr;
  QPushButton* m_limit = nullptr;  ///< shown while a peak limit decides
  QPushButton* m_clearPins = nullptr;
  QComboBox* m_cost = nullptr;
  core::partition::CostModel m_chosenCost;
  std::shared_ptr<const core::run::Profile> m_profile;
  std::shared_ptr<const core::partition::CallProfile> m_measured;  ///< of it; may be null
  QLabel* m_figures = nullptr;
  QLabel* m_state = nullptr;
};

}  // namespace views::pages
