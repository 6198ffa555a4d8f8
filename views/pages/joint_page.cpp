#include "views/pages/joint_page.h"

#include <QSplitter>
#include <QTabWidget>

#include "views/graph/graph_view.h"
#include "views/models/graph_tables.h"
#include "views/models/guard_tables.h"
#include "views/models/sequence_table.h"
#include "views/pages/data_table.h"
#include "views/pages/kernel_labels.h"
#include "views/pages/measured_figures.h"
#include "views/pages/node_facts.h"
#include "views/pages/node_filter.h"

namespace views::pages {

JointPage::JointPage(shared::SelectionHub* hub, QWidget* parent)
    : StagePage(PageId::Joint, parent), m_hub(hub) {
  m_graph = new graph::GraphView(hub, shared::GraphKind::Joint, this);
  m_graph->setSearchVisible(false);
  m_table = new DataTable(tr("Nodes of the joint graph"), this);
  m_sequence = new DataTable(tr("Forward calls and their backward calls"), this);
  m_guards = new DataTable(tr("Guards"), this);
  m_tabs = new QTabWidget(this);
  m_tabs->setAccessibleName(tr("Tables of the joint graph"));
  m_tabs->addTab(m_table, tr("Nodes"));
  m_tabs->addTab(m_sequence, tr("Forward and backward calls"));
  m_tabs->addTab(m_guards, tr("Guards"));
  for (DataTable* table : {m_table, m_sequence}) {
    table->followSelection(hub, shared::GraphKind::Joint);
  }
  auto* both = new QSplitter(Qt::Vertical, this);
  both->addWidget(m_graph);
  both->addWidget(m_tabs);
  both->setStretchFactor(0, 1);
  both->setSizes({640, 220});
  setContent(both);
  connect(hub, &shared::SelectionHub::filterChanged, this, &JointPage::applyFilterText);
}

void JointPage::showSequenceTable() {
  m_tabs->setCurrentWidget(m_sequence);
  m_sequence->setFocus(Qt::ShortcutFocusReason);
}

void JointPage::showGuards() {
  m_tabs->setCurrentWidget(m_guards);
  m_guards->setFocus(Qt::ShortcutFocusReason);
}

bool JointPage::isLayingOut() const {
  return m_graph->isLayoutRunning();
}

std::optional<Notice> JointPage::missing(const Snapshot& snapshot) const {
  if (snapshot.index->joint()) return std::nullopt;
  return explain(snapshot, {tr("The model was not traced yet"),
                            tr("Trace forward and backward into one joint graph. Only shapes are "
                               "computed; nothing of the model is run."),
                            tr("Trace"), Intent::Reload});
}

void JointPage::refresh(const Snapshot& snapshot) {
  m_graph->setSnapshot(snapshot.record()->joint, snapshot.record()->partition, nodeFacts(snapshot));
  m_graph->setFigures(kernelLabels(*snapshot.index), measuredFigures(snapshot));
  m_table->setTable(models::nodeTable(snapshot.index));
  m_sequence->setTable(models::sequenceTable(snapshot.index));
  m_guards->setTable(models::guardTable(snapshot.index));
  m_tabs->setTabText(m_tabs->indexOf(m_guards),
                     tr("Guards (%1)").arg(m_guards->model().rowCount()));
  applyFilterText();
}

void JointPage::applyFilterText() {
  const auto accept = acceptOf(applyFilter(*snapshot(), m_hub->filter()), m_hub->filterMode());
  for (DataTable* table : {m_table, m_sequence}) table->setAccept(accept);
}

}  // namespace views::pages
