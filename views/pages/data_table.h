#pragma once

// The table widget of all pages: sortable, copies rows as tab-separated text, exports them, follows
// the selection, hides rows whose node does not pass the search.

#include <QLabel>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <functional>

#include "views/models/table_model.h"
#include "views/pages/column_widths.h"
#include "views/shared/selection_hub.h"

namespace views::pages {

/// Lets rows through of which a node passes; rows without a node always pass.
class NodeFilterProxy : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  using Accept = std::function<bool(const QString& nodeName)>;

  explicit NodeFilterProxy(QObject* parent = nullptr);
  /// Empty: every row passes.
  void setAccept(Accept accept);
  /// Only rows with these words in any cell pass; empty: every row does.
  void setWords(const QString& words);

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  bool hasWords(int row, const QModelIndex& parent) const;

  Accept m_accept;
  QStringList m_words;
};

class DataTable : public QTableView {
  Q_OBJECT

 public:
  /// `name` is for people who hear the window.
  explicit DataTable(const QString& name, QWidget* parent = nullptr);

  void setTable(models::Table table);
  /// What stands in place of the rows while there are none.
  void setEmptyText(const QString& text);
  /// Rows without a node are always shown.
  void setAccept(NodeFilterProxy::Accept accept) { m_proxy->setAccept(std::move(accept)); }
  void setWords(const QString& words) { m_proxy->setWords(words); }
  /// Two-way: a current row selects its node in the hub; a selected node becomes the current row.
  void followSelection(shared::SelectionHub* hub, shared::GraphKind graph);
  /// The row of the source table that is current, or -1.
  int currentSourceRow() const;
  void selectSourceRow(int row);
  /// All selected rows of the source table, in the shown order.
  std::vector<int> selectedSourceRows() const;
  void selectSourceRows(const std::vector<int>& rows);
  int shownRows() const { return m_proxy->rowCount(); }
  const models::TableModel& model() const { return *m_model; }

  /// Tab-separated, titles first.
  void copySelection();
  /// Asks for a file and writes the shown rows into it.
  void exportWithDialog();
  /// All shown rows, in the shown order, as comma-separated values.
  QString shownAsCsv() const;

 Q_SIGNALS:
  /// The person moved to another row (source table), -1 for none.
  void rowChosen(int row);

 protected:
  void focusInEvent(QFocusEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void onCurrentChanged(const QModelIndex& current);
  void showSelection();
  /// Measures what the columns want to be; widths that a person chose are kept.
  void measureColumns();
  /// Gives the columns the room that there is.
  void fitColumns();
  void onColumnResized(int column);
  void buildActions();
  /// Why there are no rows; empty if there are some.
  QString emptyReason() const;

  QString m_emptyText;
  models::TableModel* m_model;
  NodeFilterProxy* m_proxy;
  shared::SelectionHub* m_hub = nullptr;
  shared::GraphKind m_graph = shared::GraphKind::Joint;
  std::vector<ColumnWish> m_wishes;
  bool m_fitting = false;  ///< columns are resized by us, not by a person
  bool m_widthsAreChosen = false;
  bool m_following = false;  ///< the current row is being set from outside
};

/// A label for text of any origin: plain, selectable by mouse and keyboard.
QLabel* plainLabel(const QString& text = QString(), QWidget* parent = nullptr);
/// The heading of a group.
QLabel* headingLabel(const QString& text, QWidget* parent = nullptr);

}  // namespace views::pages
