// The third part of MainWindow: going from node to node and from pane to pane, help.

#include <QApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDockWidget>
#include <QLabel>
#include <QMessageBox>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/explorer/main_window.h"
#include "views/pages/data_table.h"
#include "views/pages/operators_dialog.h"
#include "views/pages/side_panels.h"

namespace explorer {

using views::pages::PageId;

void MainWindow::goTo(const std::string& name) {
  if (!name.empty()) {
    m_hub.selectNode(m_hub.selection().graph, QString::fromStdString(name));
  }
}

void MainWindow::goToNextSaved() {
  const auto* record = m_controller->snapshot()->record();
  if (!record || !record->partition || record->partition->savedTensors.empty()) return;
  const auto& saved = record->partition->savedTensors;
  const std::string current = m_hub.selection().primary().toStdString();
  const auto found = std::find_if(saved.begin(), saved.end(),
                                  [&](const auto& tensor) { return tensor.name == current; });
  const bool last = found == saved.end() || found + 1 == saved.end();
  goTo(last ? saved.front().name : (found + 1)->name);
}

void MainWindow::goToNeighbour(bool towardsInputs) {
  const core::ir::Graph* graph = m_controller->snapshot()->index->joint();
  const auto id = graph ? graph->find(m_hub.selection().primary().toStdString()) : std::nullopt;
  if (!id) return;
  std::optional<core::ir::NodeId> next;
  if (towardsInputs) {
    core::ir::forEachInput(graph->node(*id), [&](core::ir::NodeId input) {
      if (!next) next = input;
    });
  } else if (!graph->users(*id).empty()) {
    next = graph->users(*id).front();
  }
  if (next) goTo(graph->node(*next).name);
}

/// F6 walks the visible panes: the page, then each dock.
void MainWindow::movePane(int step) {
  QList<QWidget*> panes = {m_stack->currentWidget()};
  for (QDockWidget* dock : std::as_const(m_docks)) {
    if (dock->isVisible()) panes << dock->widget();
  }
  qsizetype current = 0;
  for (qsizetype i = 0; i < panes.size(); ++i) {
    QWidget* focus = QApplication::focusWidget();
    if (focus && (panes[i] == focus || panes[i]->isAncestorOf(focus))) current = i;
  }
  QWidget* pane = panes[(current + step + panes.size()) % panes.size()];
  if (pane->focusPolicy() == Qt::NoFocus) {
    for (QWidget* child : pane->findChildren<QWidget*>()) {
      if ((child->focusPolicy() & Qt::TabFocus) && child->isVisible()) {
        pane = child;
        break;
      }
    }
  }
  pane->setFocus(Qt::TabFocusReason);
}

void MainWindow::changeEvent(QEvent* event) {
  // Pages read colours when they draw, so they draw again.
  if (event->type() == QEvent::PaletteChange && m_log) onSnapshot(m_controller->snapshot());
  QMainWindow::changeEvent(event);
}

void MainWindow::showShortcuts() {
  views::models::Table table;
  QList<QAction*> actions;
  for (QAction* action : m_actions->all()) {
    if (!action->shortcut().isEmpty()) actions << action;
  }
  table.rows = static_cast<int>(actions.size());
  const auto column = [](const QString& title, std::function<QString(int)> text) {
    return views::models::Column{title, views::models::Alignment::Text, std::move(text), {}, {}};
  };
  table.columns = {column(tr("keys"),
                          [actions](int row) {
                            return QKeySequence::listToString(actions[row]->shortcuts(),
                                                              QKeySequence::NativeText);
                          }),
                   column(tr("action"), [actions](int row) { return actions[row]->iconText(); }),
                   column(tr("what it does"),
                          [actions](int row) { return actions[row]->property("tip").toString(); })};
  QDialog dialog(this);
  dialog.setWindowTitle(tr("Shortcuts"));
  dialog.resize(640, 560);
  auto* layout = new QVBoxLayout(&dialog);
  auto* list = new views::pages::DataTable(tr("Shortcuts"), &dialog);
  list->setTable(std::move(table));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, &dialog);
  connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
  layout->addWidget(list);
  layout->addWidget(buttons);
  dialog.exec();
}

void MainWindow::showOperators() {
  if (!m_operators) {
    using views::pages::OperatorsDialog;
    m_operators = new OperatorsDialog(this);
    EngineClient* engine = m_controller->engine();
    connect(m_operators, &OperatorsDialog::rowsWanted, this, &MainWindow::showOperators);
    connect(engine, &EngineClient::operatorsFailed, m_operators, &OperatorsDialog::showFailure);
    connect(engine, &EngineClient::operatorsListed, m_operators, [this](const auto& rows) {
      m_operators->showRows(std::make_shared<const views::models::OperatorRows>(rows));
    });
  }
  m_operators->show();
  m_operators->raise();
  if (m_operators->hasRows()) return;
  m_operators->showBusy();
  m_controller->engine()->listOperators();
}

void MainWindow::showAbout() {
  QMessageBox box(this);
  box.setWindowTitle(tr("About AOT Explorer"));
  box.setTextFormat(Qt::PlainText);
  box.setText(tr("AOT Explorer %1\nQt %2, QCustomPlot 2.1")
                  .arg(QApplication::applicationVersion(), QString::fromLatin1(qVersion())));
  box.setInformativeText(
      tr("Shows how a PyTorch model is compiled ahead of time, lets you change the partition, and "
         "measures the effect.\n\nThe sources are under BSD-3-Clause. This program links "
         "QCustomPlot and is, as a whole, distributed under GPL-3.0-or-later."));
  box.exec();
}

}  // namespace explorer
