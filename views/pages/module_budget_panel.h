#pragma once

// Budgets of single modules: which module, how much of its activations may be kept.

#include <QWidget>
#include <optional>

#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace views::pages {

class DataTable;

class ModuleBudgetPanel : public QWidget {
  Q_OBJECT

 public:
  ModuleBudgetPanel(shared::SelectionHub* hub, QWidget* parent = nullptr);

  void setSnapshot(const Snapshot& snapshot);
  /// Makes that module the one to be given a budget, and goes to the number.
  void edit(const QString& module);

 Q_SIGNALS:
  /// Empty: the module has no budget of its own any more.
  void budgetChosen(const QString& module, std::optional<double> budget);

 private:
  void showRow(int row);
  void followSelection();

  shared::SelectionHub* m_hub;
  core::partition::PartitionOptions m_options;
  std::shared_ptr<const core::ir::JointGraph> m_joint;
  QComboBox* m_module;
  QDoubleSpinBox* m_budget;
  QPushButton* m_set;
  QPushButton* m_remove;
  QLabel* m_hint;
  DataTable* m_table;
};

}  // namespace views::pages
