#include "views/pages/stage_page.h"

#include <QLabel>
#include <QStackedLayout>
#include <QVBoxLayout>

#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace views::pages {

StagePage::StagePage(PageId id, QWidget* parent)
    : QWidget(parent),
      m_id(id),
      m_snapshot(std::make_shared<const Snapshot>()),
      m_stack(new QStackedLayout(this)),
      m_notice(new QWidget(this)) {
  setAccessibleName(pageTitle(id));
  buildNotice();
}

void StagePage::buildNotice() {
  m_noticeTitle = headingLabel(QString(), m_notice);
  QFont large = m_noticeTitle->font();
  large.setPointSizeF(large.pointSizeF() * 1.3);
  m_noticeTitle->setFont(large);
  m_noticeSentence = plainLabel(QString(), m_notice);
  for (QLabel* label : {m_noticeTitle, m_noticeSentence}) {
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
  }
  m_noticeButton = new QPushButton(m_notice);
  connect(m_noticeButton, &QPushButton::clicked, this, [this] { Q_EMIT intended(m_noticeIntent); });
  auto* layout = new QVBoxLayout(m_notice);
  layout->setContentsMargins(48, 24, 48, 24);
  layout->setSpacing(12);
  layout->addStretch(2);
  layout->addWidget(m_noticeTitle);
  layout->addWidget(m_noticeSentence);
  layout->addWidget(m_noticeButton, 0, Qt::AlignHCenter);
  layout->addStretch(3);
  m_stack->addWidget(m_notice);
}

void StagePage::setContent(QWidget* content) {
  m_stack->addWidget(content);
}

void StagePage::setSnapshot(SnapshotPtr snapshot) {
  m_snapshot = std::move(snapshot);
  m_stale = true;
  if (isVisible()) update();
}

void StagePage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (m_stale) update();
}

void StagePage::update() {
  m_stale = false;
  const std::optional<Notice> notice = missing(*m_snapshot);
  if (!notice) {
    refresh(*m_snapshot);
    m_stack->setCurrentIndex(1);
    return;
  }
  m_noticeTitle->setText(notice->title);
  m_noticeSentence->setText(notice->sentence);
  m_noticeButton->setText(notice->action);
  m_noticeButton->setVisible(!notice->action.isEmpty());
  m_noticeIntent = notice->intent;
  m_stack->setCurrentIndex(0);
}

Notice StagePage::explain(const Snapshot& snapshot, Notice otherwise) {
  if (snapshot.modelPath.isEmpty()) {
    return {tr("No model is open"), tr("Open a .pt2 file that torch.export.save wrote."),
            tr("Open…"), Intent::OpenFile};
  }
  if (snapshot.busy) {
    return {tr("Working…"), tr("This page fills as soon as its stage is done."), tr("Cancel"),
            Intent::Cancel};
  }
  if (snapshot.failure) {
    const QString stage = QString::fromLatin1(core::pipeline::stageName(snapshot.failure->stage));
    Notice notice{tr("Stopped in stage \"%1\"").arg(stage),
                  models::showable(snapshot.failure->error.message), otherwise.action,
                  otherwise.intent};
    if (notice.action.isEmpty()) {
      notice.action = tr("Try again");
      notice.intent = Intent::Reload;
    }
    return notice;
  }
  return otherwise;
}

}  // namespace views::pages
