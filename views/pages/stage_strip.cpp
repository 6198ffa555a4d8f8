#include "views/pages/stage_strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace views::pages {

namespace {

QString markOf(StepState state) {
  switch (state) {
    case StepState::NotYet: return QString();
    case StepState::Busy: return QStringLiteral("…");
    case StepState::Done: return QStringLiteral("✓");
    case StepState::Stale: return QStringLiteral("○");
    case StepState::Failed: return QStringLiteral("✕");
  }
  return QString();
}

QString spokenState(StepState state) {
  switch (state) {
    case StepState::NotYet: return StageStrip::tr("not yet");
    case StepState::Busy: return StageStrip::tr("working");
    case StepState::Done: return StageStrip::tr("done");
    case StepState::Stale: return StageStrip::tr("stale: an earlier step changed");
    case StepState::Failed: return StageStrip::tr("failed");
  }
  return QString();
}

}  // namespace

StageStrip::StageStrip(QWidget* parent)
    : QWidget(parent), m_snapshot(std::make_shared<const Snapshot>()) {
  setAccessibleName(tr("Steps"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(4, 2, 4, 2);
  layout->setSpacing(2);
  for (const PageId page : kPages) {
    if (page == PageId::Start) continue;
    auto* button = new QToolButton(this);
    button->setAutoRaise(true);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QToolButton::clicked, this, [this, page] {
      setCurrent(page);
      Q_EMIT chosen(page);
    });
    if (page != PageId::Model) {
      auto* line = new QLabel(QStringLiteral("─"), this);
      line->setEnabled(false);
      layout->addWidget(line);
    }
    layout->addWidget(button);
    m_buttons[static_cast<std::size_t>(page)] = button;
    rewrite(page);
  }
  layout->addStretch(1);
}

void StageStrip::setSnapshot(const SnapshotPtr& snapshot) {
  m_snapshot = snapshot;
  for (const PageId page : kPages) rewrite(page);
}

void StageStrip::setCurrent(PageId page) {
  for (const PageId other : kPages) {
    QToolButton* button = m_buttons[static_cast<std::size_t>(other)];
    if (!button) continue;
    button->setChecked(other == page);
    QFont font = this->font();
    font.setBold(other == page);
    button->setFont(font);
  }
}

QString StageStrip::text(PageId page) const {
  const FlowStep& step = m_snapshot->steps[static_cast<std::size_t>(page)];
  QString text = QChar(0x2460 + static_cast<int>(page) - 1) + QStringLiteral(" ") + pageTitle(page);
  if (const QString mark = markOf(step.state); !mark.isEmpty()) text += QChar(' ') + mark;
  if (!step.detail.isEmpty()) text += QChar(' ') + step.detail;
  return text;
}

void StageStrip::rewrite(PageId page) {
  QToolButton* button = m_buttons[static_cast<std::size_t>(page)];
  if (!button) return;
  const FlowStep& step = m_snapshot->steps[static_cast<std::size_t>(page)];
  button->setText(text(page));
  const QString spoken =
      tr("%1: %2 %3").arg(pageTitle(page), spokenState(step.state), step.detail).trimmed();
  button->setAccessibleName(spoken);
  button->setToolTip(tr("%1 (Alt+Shift+%2)").arg(spoken).arg(static_cast<int>(page)));
}

}  // namespace views::pages
