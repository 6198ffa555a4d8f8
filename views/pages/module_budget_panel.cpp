#include "views/pages/module_budget_panel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "views/models/partition_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace views::pages {

ModuleBudgetPanel::ModuleBudgetPanel(shared::SelectionHub* hub, QWidget* parent)
    : QWidget(parent),
      m_hub(hub),
      m_module(new QComboBox(this)),
      m_budget(new QDoubleSpinBox(this)),
      m_set(new QPushButton(tr("Se&t"), this)),
      m_remove(new QPushButton(tr("&Remove"), this)),
      m_hint(plainLabel(QString(), this)),
      m_table(new DataTable(tr("Budgets of modules"), this)) {
  m_table->setEmptyText(tr("No module has a budget of its own."));
  m_module->setAccessibleName(tr("Module"));
  m_module->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_module->setMinimumContentsLength(28);
  m_budget->setAccessibleName(tr("Budget of the module"));
  m_budget->setRange(0, 1);
  m_budget->setSingleStep(0.05);
  m_budget->setValue(0.5);
  m_hint->setWordWrap(true);
  auto* label = new QLabel(tr("M&odule"), this);
  label->setBuddy(m_module);
  auto* row = new QHBoxLayout;
  row->addWidget(label);
  row->addWidget(m_module);
  row->addWidget(m_budget);
  row->addWidget(m_set);
  row->addWidget(m_remove);
  row->addStretch(1);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 2, 0, 0);
  layout->addLayout(row);
  layout->addWidget(m_hint);
  layout->addWidget(m_table, 1);
  connect(m_set, &QPushButton::clicked, this,
          [this] { Q_EMIT budgetChosen(m_module->currentData().toString(), m_budget->value()); });
  connect(m_remove, &QPushButton::clicked, this,
          [this] { Q_EMIT budgetChosen(m_module->currentData().toString(), std::nullopt); });
  connect(m_table, &DataTable::rowChosen, this, &ModuleBudgetPanel::showRow);
  connect(hub, &shared::SelectionHub::selectionChanged, this, &ModuleBudgetPanel::followSelection);
}

void ModuleBudgetPanel::setSnapshot(const Snapshot& snapshot) {
  m_options = snapshot.options.partition;
  const auto joint = snapshot.record() ? snapshot.record()->joint : nullptr;
  if (joint != m_joint) {
    m_joint = joint;
    m_module->clear();
    for (const auto& module : joint ? joint->modules : std::vector<core::ir::ModuleScope>()) {
      if (module.path.empty()) continue;
      m_module->addItem(models::moduleText(&module), QString::fromStdString(module.path));
    }
  }
  const bool isMinCut =
      m_options.partitioner == core::partition::PartitionerKind::MinCut && !m_options.peakLimit;
  const bool isEnabled = isMinCut && m_module->count() > 0;
  for (QWidget* part : {static_cast<QWidget*>(m_module), static_cast<QWidget*>(m_budget),
                        static_cast<QWidget*>(m_set)}) {
    part->setEnabled(isEnabled);
  }
  m_remove->setEnabled(isEnabled && !m_options.moduleBudgets.empty());
  m_hint->setText(
      !isMinCut ? tr("Budgets count for the min-cut partitioner without a peak limit.")
      : m_options.moduleBudgets.empty()
          ? tr("No module has a budget of its own: all have the model's, %1.").arg(m_options.budget)
          : tr("Modules that are not listed have the model's budget, %1.").arg(m_options.budget));
  m_table->setTable(models::moduleBudgetTable(m_options));
}

void ModuleBudgetPanel::showRow(int row) {
  if (row < 0 || row >= static_cast<int>(m_options.moduleBudgets.size())) return;
  const auto& budget = m_options.moduleBudgets[static_cast<std::size_t>(row)];
  m_module->setCurrentIndex(m_module->findData(QString::fromStdString(budget.module)));
  m_budget->setValue(budget.budget);
}

void ModuleBudgetPanel::followSelection() {
  const int index = m_module->findData(m_hub->selection().module);
  if (index >= 0) m_module->setCurrentIndex(index);
}

void ModuleBudgetPanel::edit(const QString& module) {
  const int index = m_module->findData(module);
  if (index >= 0) m_module->setCurrentIndex(index);
  m_budget->setFocus(Qt::ShortcutFocusReason);
  m_budget->selectAll();
}

}  // namespace views::pages
