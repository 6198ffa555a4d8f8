#pragma once

// A line to type in over a list that shrinks while one types: the command palette, "go to node",
// the readers of a value, bookmarks.

#include <QDialog>
#include <QList>
#include <QString>

class QLabel;
class QLineEdit;
class QTreeWidget;

namespace views::pages {

/// One thing to pick.
struct PickEntry {
  QString key;     ///< what picked() says
  QString text;    ///< what is matched and shown
  QString detail;  ///< a sentence beside it, matched too, but counts less
  QString note;    ///< at the right: keys
  bool enabled = true;
};

class QuickPick : public QDialog {
  Q_OBJECT

 public:
  /// The most rows that are shown at once; the label says how many more there are.
  static constexpr int kMostRows = 200;

  QuickPick(const QString& title, const QString& placeholder, QWidget* parent = nullptr);

  /// The order of `entries` is kept where nothing is typed, and between equal matches.
  void setEntries(QList<PickEntry> entries);
  void setTyped(const QString& text);
  /// Keys of the shown rows, best first.
  QStringList shownKeys() const;
  QString stateText() const;

 Q_SIGNALS:
  /// The dialog has closed; a disabled entry cannot be picked.
  void picked(const QString& key);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  void refill();
  void addRow(const PickEntry& entry);
  void fitColumns();
  void pickCurrent();

  QList<PickEntry> m_entries;
  QLineEdit* m_line;
  QTreeWidget* m_list;
  QLabel* m_state;
};

}  // namespace views::pages
