#include "views/pages/partition_page.h"

#include <QLabel>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include "views/graph/graph_view.h"
#include "views/models/graph_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/budget_panel.h"
#include "views/pages/data_table.h"
#include "views/pages/node_filter.h"

namespace views::pages {

namespace {

QWidget* titled(const QString& title, QWidget* content, QWidget* parent) {
  auto* box = new QWidget(parent);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(2);
  layout->addWidget(headingLabel(title, box));
  layout->addWidget(content, 1);
  return box;
}

}  // namespace

PartitionPage::PartitionPage(shared::SelectionHub* hub, QWidget* parent)
    : StagePage(PageId::Partition, parent), m_hub(hub) {
  auto* content = new QWidget(this);
  m_budget = new BudgetPanel(content);
  auto* both = new QSplitter(Qt::Vertical, content);
  both->addWidget(buildGraphs());
  both->addWidget(buildTables());
  both->setStretchFactor(0, 1);
  both->setSizes({560, 260});
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(0, 4, 0, 0);
  layout->addWidget(m_budget);
  layout->addWidget(both, 1);
  setContent(content);
  connect(m_budget, &BudgetPanel::budgetChosen, this, &PartitionPage::budgetChosen);
  connect(m_budget, &BudgetPanel::partitionerChosen, this, &PartitionPage::partitionerChosen);
  connect(m_budget, &BudgetPanel::pinsCleared, this, &PartitionPage::pinsCleared);
  connect(hub, &shared::SelectionHub::filterChanged, this, &PartitionPage::applyFilterText);
}

QWidget* PartitionPage::buildGraphs() {
  m_forward = new graph::GraphView(m_hub, shared::GraphKind::Forward, this);
  m_backward = new graph::GraphView(m_hub, shared::GraphKind::Backward, this);
  auto* both = new QSplitter(Qt::Horizontal, this);
  both->addWidget(titled(tr("Forward"), m_forward, both));
  both->addWidget(titled(tr("Backward"), m_backward, both));
  both->setSizes({500, 500});
  for (graph::GraphView* view : {m_forward, m_backward}) view->setSearchVisible(false);
  return both;
}

QWidget* PartitionPage::buildTables() {
  m_saved = new DataTable(tr("Saved tensors"), this);
  m_recomputed = new DataTable(tr("Recomputed values"), this);
  m_tabs = new QTabWidget(this);
  for (DataTable* table : {m_saved, m_recomputed}) {
    table->followSelection(m_hub, shared::GraphKind::Joint);
    m_tabs->addTab(table, table->accessibleName());
  }
  return m_tabs;
}

bool PartitionPage::isLayingOut() const {
  return m_forward->isLayoutRunning() || m_backward->isLayoutRunning();
}

std::optional<Notice> PartitionPage::missing(const Snapshot& snapshot) const {
  if (snapshot.record() && snapshot.record()->partition) return std::nullopt;
  return explain(snapshot, {tr("There is no partition yet"),
                            tr("Trace the model and split its joint graph into a forward and a "
                               "backward."),
                            tr("Trace and partition"), Intent::Reload});
}

void PartitionPage::refresh(const Snapshot& current) {
  m_budget->setSnapshot(snapshot());
  const auto* record = current.record();
  m_forward->setSnapshot(record->joint, record->partition);
  m_backward->setSnapshot(record->joint, record->partition);
  m_saved->setTable(models::savedTensorTable(current.index));
  m_recomputed->setTable(models::recomputedTable(current.index));
  if (!m_sorted) m_saved->sortByColumn(models::kSavedBytesColumn, Qt::DescendingOrder);
  m_sorted = true;
  m_tabs->setTabText(0, tr("◆ Saved tensors (%1, %2)")
                            .arg(record->partition->savedTensors.size())
                            .arg(models::bytesText(record->partition->savedBytesTotal)));
  m_tabs->setTabText(1, tr("↻ Recomputed (%1)").arg(record->partition->recomputed.size()));
  applyFilterText();
}

void PartitionPage::applyFilterText() {
  const auto accept = acceptOf(applyFilter(*snapshot(), m_hub->filter()));
  m_saved->setAccept(accept);
  m_recomputed->setAccept(accept);
}

}  // namespace views::pages
