#include "views/models/table_model.h"

namespace views::models {

namespace {
constexpr qsizetype kLongText = 28;  ///< may be elided, so that the tooltip has it in full
}

void TableModel::setTable(Table table) {
  beginResetModel();
  m_table = std::move(table);
  endResetModel();
}

int TableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : m_table.rows;
}

int TableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_table.columns.size());
}

QVariant TableModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const Column& column = m_table.columns[static_cast<std::size_t>(index.column())];
  const int row = index.row();
  switch (role) {
    case Qt::DisplayRole: return column.text(row);
    case Qt::ToolTipRole: {
      // Escaped, because a tooltip that looks like markup would be taken for rich text.
      QString tip = column.toolTip ? column.toolTip(row) : column.text(row);
      if (!column.toolTip && tip.size() < kLongText) tip.clear();
      return tip.isEmpty() ? QVariant() : QVariant(tip.toHtmlEscaped());
    }
    case Qt::TextAlignmentRole:
      return QVariant::fromValue(column.alignment == Alignment::Number
                                     ? Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter)
                                     : Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    case SortRole: return column.sortKey ? column.sortKey(row) : QVariant(column.text(row));
    case NodeNameRole: return m_table.nodeName ? QVariant(m_table.nodeName(row)) : QVariant();
    case OtherNameRole: return m_table.otherName ? QVariant(m_table.otherName(row)) : QVariant();
    default: return {};
  }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation == Qt::Vertical || section < 0 || section >= columnCount()) return {};
  const Column& column = m_table.columns[static_cast<std::size_t>(section)];
  if (role == Qt::DisplayRole) return column.title;
  if (role == Qt::TextAlignmentRole && column.alignment == Alignment::Number) {
    return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
  }
  return {};
}

int TableModel::rowOfNode(const QString& name) const {
  if (name.isEmpty()) return -1;
  for (const auto& nameOf : {m_table.nodeName, m_table.otherName}) {
    for (int row = 0; nameOf && row < m_table.rows; ++row) {
      if (nameOf(row) == name) return row;
    }
  }
  return -1;
}

namespace {

/// Titles, then rows, each as its cells.
QList<QStringList> cellsOf(const QAbstractItemModel& model, const std::vector<int>& rows) {
  QStringList titles;
  for (int column = 0; column < model.columnCount(); ++column) {
    titles << model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
  }
  QList<QStringList> lines = {titles};
  for (const int row : rows) {
    QStringList cells;
    for (int column = 0; column < model.columnCount(); ++column) {
      cells << model.index(row, column).data().toString();
    }
    lines << cells;
  }
  return lines;
}

QString quoted(QString cell) {
  const bool isPlain = !cell.contains(QChar(',')) && !cell.contains(QChar('"')) &&
                       !cell.contains(QChar('\n')) && !cell.contains(QChar('\r'));
  if (isPlain) return cell;
  return QChar('"') + cell.replace(QChar('"'), QStringLiteral("\"\"")) + QChar('"');
}

}  // namespace

QString tabSeparated(const QAbstractItemModel& model, const std::vector<int>& rows) {
  QString text;
  for (const QStringList& cells : cellsOf(model, rows)) {
    text += cells.join(QChar('\t')) + QChar('\n');
  }
  return text;
}

QString commaSeparated(const QAbstractItemModel& model, const std::vector<int>& rows) {
  QString text;
  for (QStringList cells : cellsOf(model, rows)) {
    for (QString& cell : cells) cell = quoted(cell);
    text += cells.join(QChar(',')) + QStringLiteral("\r\n");
  }
  return text;
}

}  // namespace views::models
