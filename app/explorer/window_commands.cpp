#include "app/explorer/window_commands.h"

#include <QApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QMessageBox>
#include <QVBoxLayout>
#include <algorithm>

#include "views/pages/data_table.h"
#include "views/pages/operators_dialog.h"

namespace explorer {

using views::pages::PickEntry;
using views::pages::QuickPick;

namespace {

bool isOfManyViews(const QAction& action) {
  return action.objectName().startsWith(QStringLiteral("graph."));
}

}  // namespace

WindowCommands::WindowCommands(Settings settings, QWidget* window)
    : QObject(window), m_settings(settings), m_keys(std::move(settings)), m_window(window) {}

QList<QAction*> WindowCommands::actionsNow() const {
  QList<QAction*> actions;
  for (QAction* action : m_keys.actions()) {
    if (!isOfManyViews(*action) && action->objectName() != QStringLiteral("palette")) {
      actions << action;
    }
  }
  if (m_inUse) actions << m_inUse();
  const QStringList recent = m_settings.recentCommands();
  const auto rank = [&recent](const QAction* action) {
    const qsizetype at = recent.indexOf(action->objectName());
    return at < 0 ? recent.size() : at;
  };
  std::stable_sort(actions.begin(), actions.end(),
                   [&](const QAction* a, const QAction* b) { return rank(a) < rank(b); });
  return actions;
}

void WindowCommands::openPalette() {
  const QList<QAction*> actions = actionsNow();
  QList<PickEntry> entries;
  for (qsizetype i = 0; i < actions.size(); ++i) {
    const QAction& action = *actions[i];
    entries << PickEntry{QString::number(i), actionText(action), actionTip(action),
                         keysText(action), action.isEnabled()};
  }
  auto* pick = new QuickPick(tr("Command palette"), tr("Name of an action"), m_window);
  pick->setAttribute(Qt::WA_DeleteOnClose);
  pick->setModal(true);
  pick->setEntries(entries);
  connect(pick, &QuickPick::picked, this, [this, actions](const QString& key) {
    QAction* action = actions[key.toInt()];
    if (!action->objectName().isEmpty()) m_settings.addRecentCommand(action->objectName());
    action->trigger();
  });
  pick->show();
}

void WindowCommands::showShortcuts() {
  views::models::Table table;
  const QList<QAction*> actions = m_keys.actions();
  table.rows = static_cast<int>(actions.size());
  const auto column = [&](const QString& title, QString (*text)(const QAction&)) {
    return views::models::Column{title,
                                 views::models::Alignment::Text,
                                 [actions, text](int row) { return text(*actions[row]); },
                                 {},
                                 {}};
  };
  table.columns = {column(tr("action"), actionText), column(tr("keys"), keysText),
                   column(tr("what it does"), actionTip)};
  QDialog dialog(m_window);
  dialog.setWindowTitle(tr("Shortcuts"));
  dialog.resize(760, 600);
  auto* layout = new QVBoxLayout(&dialog);
  auto* list = new views::pages::DataTable(tr("Shortcuts"), &dialog);
  list->setTable(std::move(table));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, &dialog);
  connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
  layout->addWidget(list);
  layout->addWidget(buttons);
  dialog.exec();
}

void WindowCommands::showOperators(EngineClient* engine) {
  if (!m_operators) {
    using views::pages::OperatorsDialog;
    m_operators = new OperatorsDialog(m_window);
    connect(m_operators, &OperatorsDialog::rowsWanted, this,
            [this, engine] { showOperators(engine); });
    connect(engine, &EngineClient::operatorsFailed, m_operators, &OperatorsDialog::showFailure);
    connect(engine, &EngineClient::operatorsListed, m_operators, [this](const auto& rows) {
      m_operators->showRows(std::make_shared<const views::models::OperatorRows>(rows));
    });
  }
  m_operators->show();
  m_operators->raise();
  if (m_operators->hasRows()) return;
  m_operators->showBusy();
  engine->listOperators();
}

void WindowCommands::showAbout() {
  QMessageBox box(m_window);
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
