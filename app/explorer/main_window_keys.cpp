// The third part of MainWindow: going from place to place and from pane to pane, help.

#include <QApplication>
#include <QDockWidget>
#include <QStackedWidget>

#include "app/explorer/main_window.h"
#include "app/explorer/settings/preferences_dialog.h"
#include "views/graph/graph_view.h"
#include "views/pages/data_table.h"
#include "views/pages/side_panels.h"

namespace explorer {

using views::graph::GraphView;
using views::pages::DataTable;
using views::pages::PageId;

Place MainWindow::currentPlace() const {
  Place place{m_page, m_hub.selection(), {}};
  const auto* graph = shownGraph();
  if (const auto state = graph ? graph->state() : std::nullopt) place.opened = state->expanded;
  return place;
}

void MainWindow::visitPlace() {
  if (m_page != PageId::Start) m_navigator->visit(currentPlace());
}

void MainWindow::showPlace(const Place& place) {
  showPage(place.page);
  m_hub.select(place.selection);
  auto* graph = shownGraph();
  if (graph && place.opened) graph->restoreExpanded(*place.opened);
}

GraphView* MainWindow::shownGraph() const {
  return m_lastUsed->find<GraphView>(m_stack->currentWidget());
}

DataTable* MainWindow::shownTable() const {
  DataTable* table = m_lastUsed->find<DataTable>(m_stack->currentWidget());
  return table ? table : m_lastUsed->find<DataTable>(this);
}

void MainWindow::switchToTable() {
  auto* table = shownTable();
  auto* graph = shownGraph();
  if (graph && (table == nullptr || table->hasFocus())) {
    graph->canvas()->setFocus(Qt::ShortcutFocusReason);
  } else if (table) {
    table->setFocus(Qt::ShortcutFocusReason);
  } else {
    showStatus(tr("This page has no graph and no table."));
  }
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

void MainWindow::showPreferences() {
  auto* dialog = new PreferencesDialog(m_settings, &m_commands->keys(), this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &PreferencesDialog::themeChosen, this, &MainWindow::chooseTheme);
  connect(dialog, &PreferencesDialog::keepRunsChosen, m_runs->keeper(), &RunKeeper::setKeeping);
  dialog->show();
}

void MainWindow::chooseTheme(views::look::Theme theme) {
  m_settings.setTheme(theme);
  checkTheme(theme);
  Q_EMIT themeChosen(theme);
}

void MainWindow::checkTheme(views::look::Theme theme) {
  using views::look::Theme;
  QAction* action = theme == Theme::Light  ? m_actions->themeLight
                    : theme == Theme::Dark ? m_actions->themeDark
                                           : m_actions->themeSystem;
  action->setChecked(true);
}

}  // namespace explorer
