#pragma once

// The state of the flow in one line: a button per page with its mark; a click opens the page.

#include <QWidget>
#include <array>

#include "views/pages/snapshot.h"

class QToolButton;

namespace views::pages {

class StageStrip : public QWidget {
  Q_OBJECT

 public:
  explicit StageStrip(QWidget* parent = nullptr);

  void setSnapshot(const SnapshotPtr& snapshot);
  void setCurrent(PageId page);
  /// "③ Joint ✓ 412": what the button of `page` says.
  QString text(PageId page) const;

 Q_SIGNALS:
  void chosen(views::pages::PageId page);

 private:
  void rewrite(PageId page);

  std::array<QToolButton*, kPageCount> m_buttons{};
  SnapshotPtr m_snapshot;
};

}  // namespace views::pages
