#pragma once

// Help: which operators can be traced, and what becomes of each.

#include <QDialog>

#include "views/models/operator_tables.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace views::pages {

class DataTable;

class OperatorsDialog : public QDialog {
  Q_OBJECT

 public:
  explicit OperatorsDialog(QWidget* parent = nullptr);

  /// While the engine makes the table.
  void showBusy();
  void showRows(models::OperatorRowsPtr rows);
  bool hasRows() const { return m_rows != nullptr; }
  void showFailure(const QString& message);
  /// What the line over the table says.
  QString stateText() const;

 Q_SIGNALS:
  /// The person wants the table (again).
  void rowsWanted();

 private:
  void showState();

  models::OperatorRowsPtr m_rows;
  QLineEdit* m_filter;
  QLabel* m_state;
  QPushButton* m_again;
  DataTable* m_table;
};

}  // namespace views::pages
