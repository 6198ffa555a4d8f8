#include "views/pages/partition_page.h"

#include <QAction>
#include <QLabel>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include "views/graph/graph_view.h"
#include "views/models/partition_difference.h"
#include "views/models/partition_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/budget_panel.h"
#include "views/pages/curve_panel.h"
#include "views/pages/data_table.h"
#include "views/pages/difference_panel.h"
#include "views/pages/kernel_labels.h"
#include "views/pages/measured_figures.h"
#include "views/pages/memory_panel.h"
#include "views/pages/module_budget_panel.h"
#include "views/pages/node_facts.h"
#include "views/pages/node_filter.h"

namespace views::pages {

namespace {

// The picture is laid out anew when the cut has rested for so long; until then marks tell.
constexpr int kRestMs = 250;

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
  m_layoutTimer.setSingleShot(true);
  m_layoutTimer.setInterval(kRestMs);
  auto* content = new QWidget(this);
  m_budget = new BudgetPanel(content);
  auto* both = new QSplitter(Qt::Vertical, content);
  both->addWidget(buildTop());
  both->addWidget(buildTabs());
  both->setStretchFactor(0, 1);
  both->setSizes({520, 290});
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(0, 4, 0, 0);
  layout->addWidget(m_budget);
  layout->addWidget(both, 1);
  setContent(content);
  connectSignals();
}

QWidget* PartitionPage::buildTop() {
  m_curve = new CurvePanel(this);
  m_mirrored = new graph::GraphView(m_hub, shared::GraphKind::Joint, this);
  m_graphs = new QTabWidget(this);
  m_graphs->setAccessibleName(tr("Graphs of the partition"));
  m_graphs->addTab(m_mirrored, tr("The cut"));
  m_graphs->addTab(buildHalves(), tr("Forward | backward"));
  for (graph::GraphView* view : {m_mirrored, m_forward, m_backward}) {
    view->setSearchVisible(false);
  }
  auto* both = new QSplitter(Qt::Horizontal, this);
  both->addWidget(m_curve);
  both->addWidget(m_graphs);
  both->setStretchFactor(1, 1);
  both->setSizes({330, 620});
  return both;
}

QWidget* PartitionPage::buildHalves() {
  m_forward = new graph::GraphView(m_hub, shared::GraphKind::Forward, this);
  m_backward = new graph::GraphView(m_hub, shared::GraphKind::Backward, this);
  auto* both = new QSplitter(Qt::Horizontal, this);
  both->addWidget(titled(tr("Forward"), m_forward, both));
  both->addWidget(titled(tr("Backward"), m_backward, both));
  both->setSizes({500, 500});
  return both;
}

QWidget* PartitionPage::buildTabs() {
  m_saved = new DataTable(tr("Saved tensors"), this);
  m_recomputed = new DataTable(tr("Recomputed values"), this);
  m_saved->setEmptyText(tr("Nothing is saved: the backward needs no value of the forward."));
  m_recomputed->setEmptyText(tr("Nothing is recomputed: all that the backward needs is saved."));
  m_memory = new MemoryPanel(m_hub, this);
  m_difference = new DifferencePanel(m_hub, this);
  m_modules = new ModuleBudgetPanel(m_hub, this);
  m_tabs = new QTabWidget(this);
  m_tabs->setAccessibleName(tr("Facts of the partition"));
  for (DataTable* table : {m_saved, m_recomputed}) {
    table->followSelection(m_hub, shared::GraphKind::Joint);
    m_tabs->addTab(table, table->accessibleName());
  }
  m_tabs->addTab(m_memory, tr("Memory"));
  m_tabs->addTab(m_difference, tr("What moved"));
  m_tabs->addTab(m_modules, tr("Module budgets"));
  return m_tabs;
}

void PartitionPage::connectSignals() {
  connect(m_budget, &BudgetPanel::budgetChosen, this, &PartitionPage::budgetChosen);
  connect(m_budget, &BudgetPanel::partitionerChosen, this, &PartitionPage::partitionerChosen);
  connect(m_budget, &BudgetPanel::pinsCleared, this, &PartitionPage::pinsCleared);
  connect(m_budget, &BudgetPanel::costChosen, this, &PartitionPage::costChosen);
  connect(m_curve, &CurvePanel::pointPreviewed, this, &PartitionPage::pointPreviewed);
  connect(m_curve, &CurvePanel::pointChosen, this, &PartitionPage::pointChosen);
  connect(m_modules, &ModuleBudgetPanel::budgetChosen, this, &PartitionPage::moduleBudgetChosen);
  connect(m_difference, &DifferencePanel::referenceChosen, this, &PartitionPage::referenceChosen);
  connect(m_difference, &DifferencePanel::keepWanted, this, &PartitionPage::keepWanted);
  connect(m_hub, &shared::SelectionHub::filterChanged, this, &PartitionPage::applyFilterText);
  connect(&m_layoutTimer, &QTimer::timeout, this, &PartitionPage::layOut);
}

void PartitionPage::addValueActions(const QList<QAction*>& actions) {
  for (DataTable* table : {m_saved, m_recomputed}) table->addActions(actions);
}

void PartitionPage::showMemory() {
  m_tabs->setCurrentWidget(m_memory);
  m_memory->setFocus(Qt::ShortcutFocusReason);
}

void PartitionPage::showDifference() {
  m_tabs->setCurrentWidget(m_difference);
}

void PartitionPage::showModuleBudgets(const QString& module) {
  m_tabs->setCurrentWidget(m_modules);
  m_modules->edit(module);
}

bool PartitionPage::isLayingOut() const {
  return m_layoutTimer.isActive() || m_mirrored->isLayoutRunning() ||
         m_forward->isLayoutRunning() || m_backward->isLayoutRunning();
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
  m_curve->setSnapshot(current);
  m_memory->setSnapshot(current);
  m_difference->setSnapshot(current);
  m_modules->setSnapshot(current);
  showCutChange();
  if (current.index == m_shown) return;
  const bool isSameModel = m_shown && m_shown->joint() == current.index->joint();
  m_shown = current.index;
  refreshTables(current);
  // The first picture comes at once; a moving cut waits until it rests.
  isSameModel ? m_layoutTimer.start() : layOut();
}

void PartitionPage::refreshTables(const Snapshot& current) {
  const auto& partition = *current.record()->partition;
  m_saved->setTable(models::savedTensorTable(current.index));
  m_recomputed->setTable(models::recomputedTable(current.index));
  if (!m_sorted) m_saved->sortByColumn(models::kSavedBytesColumn, Qt::DescendingOrder);
  m_sorted = true;
  m_tabs->setTabText(0, tr("◆ Saved (%1, %2)")
                            .arg(partition.savedTensors.size())
                            .arg(models::bytesText(partition.savedBytesTotal)));
  m_tabs->setTabText(1, tr("↻ Recomputed (%1)").arg(partition.recomputed.size()));
  applyFilterText();
}

void PartitionPage::layOut() {
  const auto* record = snapshot()->record();
  if (!record || !record->partition) return;
  const auto kernels = kernelLabels(*snapshot()->index);
  const auto measured = measuredFigures(*snapshot());
  for (graph::GraphView* view : {m_mirrored, m_forward, m_backward}) {
    view->setSnapshot(record->joint, record->partition, nodeFacts(*snapshot()));
    view->setFigures(kernels, measured);
  }
}

/// Ghosts of the partition that the shown one is compared with.
void PartitionPage::showCutChange() {
  const auto& now = snapshot()->record()->partition;
  const models::PartitionPtr before = snapshot()->study->other ? snapshot()->study->other : now;
  m_mirrored->showCutChange(*before, *now);
}

void PartitionPage::showPreview(const models::PartitionPtr& partition) {
  if (!isVisible() || !snapshot()->record() || !snapshot()->record()->partition) return;
  const models::PartitionPtr now = snapshot()->record()->partition;
  m_mirrored->showCutChange(*now, *partition);
  m_curve->showPlace(models::placeOf(*partition));
  m_budget->showPreview(models::differenceSentence(*now, *partition));
}

void PartitionPage::applyFilterText() {
  const auto accept = acceptOf(applyFilter(*snapshot(), m_hub->filter()), m_hub->filterMode());
  m_saved->setAccept(accept);
  m_recomputed->setAccept(accept);
}

}  // namespace views::pages
