#pragma once

// The small panels around the pages: the module tree, the log, and the banner that says what went
// wrong.

#include <QFrame>
#include <QTreeView>
#include <QWidget>

#include "views/pages/snapshot.h"
#include "views/shared/selection_hub.h"

class QLabel;
class QPushButton;

namespace views::models {
class ModuleTreeModel;
}

namespace views::pages {

class DataTable;

/// Modules as a tree; choosing one selects it everywhere.
class ModuleTree : public QTreeView {
  Q_OBJECT

 public:
  ModuleTree(shared::SelectionHub* hub, QWidget* parent = nullptr);
  void setSnapshot(const SnapshotPtr& snapshot);

 private:
  void showSelection();

  shared::SelectionHub* m_hub;
  models::ModuleTreeModel* m_model;
  SnapshotPtr m_snapshot;
  bool m_following = false;
};

/// Remarks of engine and window, newest last.
class LogPanel : public QWidget {
  Q_OBJECT

 public:
  explicit LogPanel(QWidget* parent = nullptr);
  void append(const core::LogEntry& entry);
  const std::vector<core::LogEntry>& entries() const { return m_entries; }

 private:
  void redraw();

  std::vector<core::LogEntry> m_entries;
  DataTable* m_table;
  bool m_pending = false;  ///< a redraw is queued
};

/// A line over the page: a failure with what to do, or a remark. Hidden when empty.
class Banner : public QFrame {
  Q_OBJECT

 public:
  explicit Banner(QWidget* parent = nullptr);
  /// `details` is shown as a tooltip and copied with the text; `action` may be empty.
  void showFailure(const QString& text, const QString& details, const QString& action);
  /// A question that can wait: what can be done, and the word on its button.
  void showOffer(const QString& text, const QString& action);
  void clear();
  QString text() const;

 Q_SIGNALS:
  void actionWanted();
  /// The person does not want to see it any more.
  void dismissed();

 private:
  void copyReport();

  QLabel* m_text;
  QPushButton* m_action;
  QString m_details;
};

}  // namespace views::pages
