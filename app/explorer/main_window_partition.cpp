// The fourth part of MainWindow: steering the partition.

#include "app/explorer/main_window.h"
#include "views/pages/curve_panel.h"
#include "views/pages/node_inspector.h"
#include "views/pages/partition_page.h"

namespace explorer {

using views::pages::NodeInspector;
using views::pages::PageId;
using views::pages::PartitionPage;
using views::pages::Pin;

void MainWindow::connectPartition() {
  connect(m_partition, &PartitionPage::budgetChosen, m_controller, &ExplorerController::setBudget);
  connect(m_partition, &PartitionPage::partitionerChosen, m_controller,
          &ExplorerController::setPartitioner);
  connect(m_partition, &PartitionPage::pinsCleared, m_controller, &ExplorerController::clearPins);
  connect(m_partition, &PartitionPage::costChosen, m_controller, &ExplorerController::setCost);
  connect(m_partition, &PartitionPage::pointPreviewed, m_controller,
          &ExplorerController::previewPoint);
  connect(m_partition, &PartitionPage::pointChosen, m_controller, &ExplorerController::choosePoint);
  connect(m_partition, &PartitionPage::moduleBudgetChosen, m_controller,
          &ExplorerController::setModuleBudget);
  PartitionStudies* studies = m_controller->studies();
  connect(m_partition, &PartitionPage::referenceChosen, studies, &PartitionStudies::compareWith);
  connect(m_partition, &PartitionPage::keepWanted, studies, &PartitionStudies::keep);
  connect(studies, &PartitionStudies::previewed, m_partition, &PartitionPage::showPreview);
}

void MainWindow::connectPartitionActions() {
  const auto on = [this](QAction* action, auto&& run) {
    connect(action, &QAction::triggered, this, run);
  };
  on(m_actions->pinSaved, [this] { pinSelected(Pin::Save); });
  on(m_actions->pinRecomputed, [this] { pinSelected(Pin::Recompute); });
  on(m_actions->unpin, [this] { pinSelected(Pin::Auto); });
  on(m_actions->clearPins, [this] { m_controller->clearPins(); });
  on(m_actions->lessMemory, [this] { m_partition->curvePanel()->step(-1); });
  on(m_actions->moreMemory, [this] { m_partition->curvePanel()->step(1); });
  on(m_actions->moduleBudget, [this] { budgetSelectedModule(); });
  on(m_actions->memoryChart, [this] {
    showPage(PageId::Partition);
    m_partition->showMemory();
  });
  on(m_actions->whatMoved, [this] {
    showPage(PageId::Partition);
    m_partition->showDifference();
  });
  on(m_actions->keepPartition, [this] { m_controller->studies()->keep(); });
  PartitionStudies* studies = m_controller->studies();
  connect(m_inspector, &NodeInspector::whyWanted, studies, &PartitionStudies::askWhy);
  connect(studies, &PartitionStudies::answered, m_inspector, &NodeInspector::showAnswer);
}

void MainWindow::pinSelected(Pin pin) {
  const QString name = m_hub.selection().primary();
  const auto& index = *m_controller->snapshot()->index;
  const auto* graph = index.joint();
  const auto id = graph ? graph->find(name.toStdString()) : std::nullopt;
  if (!id || !graph->node(*id).tensor() || index.isBackward(graph->node(*id))) {
    return showStatus(tr("Select a value of the forward first: in a graph or in a table."));
  }
  m_controller->setPin(name, pin);
}

/// The selected module, or that of the selected node.
void MainWindow::budgetSelectedModule() {
  QString module = m_hub.selection().module;
  const auto* graph = m_controller->snapshot()->index->joint();
  const auto id = graph ? graph->find(m_hub.selection().primary().toStdString()) : std::nullopt;
  const auto* scope = id ? graph->node(*id).meta.anyModule() : nullptr;
  if (scope) module = QString::fromStdString(scope->path);
  showPage(PageId::Partition);
  m_partition->showModuleBudgets(module);
}

}  // namespace explorer
