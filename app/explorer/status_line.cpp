#include "app/explorer/status_line.h"

#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace explorer {

using views::models::showable;
using views::pages::plainLabel;

StatusLine::StatusLine(QAction* cancel, QWidget* parent)
    : QStatusBar(parent),
      m_state(plainLabel(QString(), this)),
      m_selection(plainLabel(QString(), this)),
      m_counts(plainLabel(QString(), this)),
      m_progress(new QProgressBar(this)) {
  setAccessibleName(tr("Status"));
  m_state->setAccessibleName(tr("State"));
  m_selection->setAccessibleName(tr("Selection"));
  m_counts->setAccessibleName(tr("Counts"));
  m_progress->setAccessibleName(tr("Progress"));
  m_progress->setRange(0, 1000);
  m_progress->setTextVisible(false);
  m_progress->setMaximumWidth(180);
  m_progress->hide();
  auto* button = new QToolButton(this);
  button->setDefaultAction(cancel);
  button->setAutoRaise(true);
  m_cancel = button;
  addWidget(m_progress);
  addWidget(button);
  addWidget(m_state, 1);
  addPermanentWidget(m_selection);
  addPermanentWidget(m_counts);
  m_state->setMinimumWidth(120);
  m_state->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
}

void StatusLine::showState(const QString& text) {
  m_state->setText(text);
  m_state->setAccessibleDescription(text);
}

void StatusLine::showProgress(double fraction, const QString& sentence) {
  if (fraction == 0) m_elapsed.start();
  if (fraction >= 0) m_progress->setValue(static_cast<int>(fraction * 1000));
  const QString elapsed = views::models::millisecondsText(
      static_cast<double>(m_elapsed.isValid() ? m_elapsed.elapsed() : 0));
  showState(tr("%1 · %2").arg(showable(sentence.toStdString()), elapsed));
}

void StatusLine::setSnapshot(const views::pages::Snapshot& snapshot) {
  m_progress->setVisible(snapshot.busy);
  m_cancel->setVisible(snapshot.busy);
  const core::ir::Graph* graph = snapshot.index->joint();
  m_counts->setText(graph ? tr("%1 · budget %2 · %3")
                                .arg(views::models::countedText(
                                    static_cast<std::int64_t>(graph->size()), tr("node")))
                                .arg(snapshot.options.partition.budget)
                                .arg(showable(snapshot.options.device))
                          : QString());
}

void StatusLine::showSelection(const views::shared::Selection& selection,
                               const views::models::RecordIndex& index) {
  const core::ir::Graph* graph = index.joint();
  const auto id = graph ? graph->find(selection.primary().toStdString()) : std::nullopt;
  if (!id) return m_selection->setText(showable(selection.module.toStdString()));
  const auto& node = graph->node(*id);
  QStringList parts = {showable(node.name), views::models::valueText(node.value)};
  if (node.bytes() > 0) parts << views::models::bytesText(node.bytes());
  parts << index.partText(node);
  if (selection.nodes.size() > 1) parts << tr("and %1 more").arg(selection.nodes.size() - 1);
  parts.removeAll(QString());
  m_selection->setText(parts.join(QStringLiteral(" · ")));
}

}  // namespace explorer
