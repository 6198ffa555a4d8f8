#pragma once

// Base of the pages of the flow. A page shows its content, or a notice that says why there is none
// and offers the next action. A hidden page keeps the newest snapshot and draws when it is shown.

#include <QPushButton>
#include <QWidget>

#include "views/pages/snapshot.h"

class QLabel;
class QStackedLayout;

namespace views::pages {

/// What stands in place of missing content.
struct Notice {
  QString title;
  QString sentence;
  QString action;  ///< of the button; empty: no button
  Intent intent = Intent::Run;
};

class StagePage : public QWidget {
  Q_OBJECT

 public:
  StagePage(PageId id, QWidget* parent = nullptr);

  PageId id() const { return m_id; }
  void setSnapshot(SnapshotPtr snapshot);

 Q_SIGNALS:
  void intended(views::pages::Intent intent);

 protected:
  /// What is missing, if the content cannot be shown.
  virtual std::optional<Notice> missing(const Snapshot& snapshot) const = 0;
  /// Draws the content; called only for a visible page, and only if nothing is missing.
  virtual void refresh(const Snapshot& snapshot) = 0;
  /// Looks at the snapshot again.
  void update();
  /// Puts `content` on the page; called once by the constructor of the page.
  void setContent(QWidget* content);
  const SnapshotPtr& snapshot() const { return m_snapshot; }

  void showEvent(QShowEvent* event) override;

  /// A notice for a page whose model could not be opened or traced, or where work runs; else the
  /// given one.
  static Notice explain(const Snapshot& snapshot, Notice otherwise);

 private:
  void buildNotice();

  PageId m_id;
  SnapshotPtr m_snapshot;
  bool m_stale = true;
  QStackedLayout* m_stack;
  QWidget* m_notice;
  QLabel* m_noticeTitle;
  QLabel* m_noticeSentence;
  QPushButton* m_noticeButton;
  Intent m_noticeIntent = Intent::Run;
};

}  // namespace views::pages
