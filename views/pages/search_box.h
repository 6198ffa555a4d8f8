#pragma once

// The search box of the window: what is typed becomes the filter of all views; the number of nodes
// that pass stands beside it. A text that cannot be read keeps the last good filter.

#include <QWidget>

#include "views/pages/node_filter.h"
#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

class QLabel;
class QLineEdit;
class QTimer;

namespace views::pages {

class SearchBox : public QWidget {
  Q_OBJECT

 public:
  SearchBox(shared::SelectionHub* hub, QWidget* parent = nullptr);

  void setSnapshot(const SnapshotPtr& snapshot);
  /// Takes the focus and selects what is there.
  void edit();
  /// Selects the next or the previous node that passes, after the selected one, round and round.
  void goToMatch(int step);
  /// "3 of 412", an error with its column, or empty.
  QString resultText() const;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void takeText();
  void showFilter(const QString& text);
  void showResult(const FilterResult& result);

  shared::SelectionHub* m_hub;
  SnapshotPtr m_snapshot;
  FilterResult m_matches;
  QLineEdit* m_line;
  QLabel* m_result;
  QTimer* m_typing;
};

}  // namespace views::pages
