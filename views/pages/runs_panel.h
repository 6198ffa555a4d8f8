#pragma once

// The runs that were kept, and any two of them side by side.

#include <QWidget>

#include "views/models/history_tables.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QSplitter;

namespace views::pages {

class DataTable;

class RunsPanel : public QWidget {
  Q_OBJECT

 public:
  explicit RunsPanel(QWidget* parent = nullptr);

  /// The newest first.
  void setRuns(std::vector<core::history::KeptRun> runs);
  bool hasRuns() const { return m_all && !m_all->empty(); }
  /// Of the open model: what "only this model" shows.
  void setModel(const QString& model);
  void showPair(models::RunPair pair);
  void showProblem(const QString& sentence);
  /// Selects the rows of these runs.
  void selectRuns(const std::vector<std::int64_t>& ids);
  /// What stands above the comparison.
  QString sentence() const;

 Q_SIGNALS:
  /// Compare two runs; the older one is `before`.
  void comparisonWanted(std::int64_t before, std::int64_t after);
  /// Compare a run with the newest one of the same model from a week before.
  void lastWeekWanted(std::int64_t run);
  void refreshWanted();

 private:
  QWidget* buildButtons();
  QWidget* buildComparison();
  void showRuns();
  void enableButtons();
  std::vector<std::int64_t> selectedRuns() const;

  models::KeptRuns m_all;
  models::KeptRuns m_shown;
  QString m_model;
  QCheckBox* m_onlyThis = nullptr;
  QPushButton* m_compare = nullptr;
  QPushButton* m_lastWeek = nullptr;
  QLabel* m_sentence = nullptr;
  QLabel* m_regressions = nullptr;
  DataTable* m_table = nullptr;
  DataTable* m_figures = nullptr;
  DataTable* m_parts = nullptr;
};

}  // namespace views::pages
