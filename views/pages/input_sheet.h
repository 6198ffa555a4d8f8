#pragma once

// The table of a step's inputs: what an InputSheetModel holds, edited in place.

#include <QTableView>

#include "views/models/input_sheet_model.h"

namespace views::pages {

class InputSheet : public QTableView {
  Q_OBJECT

 public:
  explicit InputSheet(QWidget* parent = nullptr);

  models::InputSheetModel& model() { return *m_model; }
  /// Starts editing the fill of the current row, or of the first.
  void editFill();
  /// Asks for a file that fills the current row.
  void chooseFile();
  /// Moves to a row's problem.
  void showProblem(int row);

 private:
  int chosenRow() const;

  models::InputSheetModel* m_model;
};

}  // namespace views::pages
