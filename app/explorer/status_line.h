#pragma once

// The line below the pages: what is happening with its progress, the selection, and counts.

#include <QElapsedTimer>
#include <QStatusBar>

#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

class QAction;
class QLabel;
class QProgressBar;

namespace explorer {

class StatusLine : public QStatusBar {
  Q_OBJECT

 public:
  /// `cancel` stops the work; its button is shown while there is some.
  explicit StatusLine(QAction* cancel, QWidget* parent = nullptr);

  void showState(const QString& text);
  /// A negative fraction: it is not known.
  void showProgress(double fraction, const QString& sentence);
  void setSnapshot(const views::pages::Snapshot& snapshot);
  void showSelection(const views::shared::Selection& selection,
                     const views::models::RecordIndex& index);

 private:
  QLabel* m_state;
  QLabel* m_selection;
  QLabel* m_counts;
  QProgressBar* m_progress;
  QWidget* m_cancel;
  QElapsedTimer m_elapsed;
};

}  // namespace explorer
