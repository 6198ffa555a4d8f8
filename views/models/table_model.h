#pragma once

// A read-only table: columns are functions of the row number over immutable artifacts, so a table
// of a large graph costs nothing until its cells are painted.

#include <QAbstractTableModel>
#include <QString>
#include <QStringList>
#include <QVariant>
#include <functional>
#include <vector>

namespace views::models {

enum class Alignment { Text, Number };

/// One column. `text` is what is shown and copied; `sortKey` orders rows (the text if empty);
/// `toolTip` is shown plain (if empty: a long text in
/// full).
struct Column {
  QString title;
  Alignment alignment = Alignment::Text;
  std::function<QString(int row)> text;
  std::function<QVariant(int row)> sortKey;
  std::function<QString(int row)> toolTip;
};

/// Columns, a number of rows, and which graph node a row stands for (none if `nodeName` is empty).
/// A row about two nodes names the second by `otherName`. The functions keep alive what they read.
struct Table {
  std::vector<Column> columns;
  int rows = 0;
  std::function<QString(int row)> nodeName;
  std::function<QString(int row)> otherName;
};

/// Roles beside the usual ones.
enum TableRole { SortRole = Qt::UserRole + 1, NodeNameRole, OtherNameRole };

class TableModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  using QAbstractTableModel::QAbstractTableModel;

  /// Swaps the whole content.
  void setTable(Table table);
  const Table& table() const { return m_table; }

  int rowCount(const QModelIndex& parent = QModelIndex()) const override;
  int columnCount(const QModelIndex& parent = QModelIndex()) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  /// The first row that stands for that node (as its only, else as its second one), or -1.
  int rowOfNode(const QString& name) const;

 private:
  Table m_table;
};

/// The rows as tab-separated text, titles first.
QString tabSeparated(const QAbstractItemModel& model, const std::vector<int>& rows);
/// The rows as comma-separated values (RFC 4180), titles first.
QString commaSeparated(const QAbstractItemModel& model, const std::vector<int>& rows);

}  // namespace views::models
