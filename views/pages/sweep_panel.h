#pragma once

// What if: a measurement for every combination of budgets, threads, sizes and devices, as one job
// that can be paused; its points in a chart and in a table, each of which opens as a session.

#include <QWidget>

#include "views/models/sweep_tables.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace views::plot {
class SweepChart;
}

namespace views::pages {

class DataTable;

class SweepPanel : public QWidget {
  Q_OBJECT

 public:
  explicit SweepPanel(QWidget* parent = nullptr);

  /// Names of the model's symbolic dimensions, for the field of sizes.
  void setDimensions(const QStringList& names);
  /// The newest first; their points are not needed.
  void setSweeps(const std::vector<core::history::Sweep>& sweeps);
  /// Null clears the panel.
  void setResults(models::SweepPtr results);
  /// Whether points are being measured now.
  void setRunning(bool isRunning);
  void showProblem(const QString& sentence);
  /// What the fields ask to vary, as `sweep --vary` wants it: "budget=1,0.5".
  QStringList varied() const;
  QString sentence() const;

 Q_SIGNALS:
  void startWanted(const QStringList& varied);
  /// Measure the points that are not done, failed ones too.
  void resumeWanted(std::int64_t sweep);
  /// Stop after the point that is being measured.
  void pauseWanted();
  /// Stop at once; the point that is being measured is lost.
  void cancelWanted();
  void sweepChosen(std::int64_t sweep);
  /// Open the model of the sweep with the settings of one of its points.
  void pointOpened(const QString& model, const QString& settings);

 private:
  QWidget* buildFields();
  QWidget* buildJob();
  QWidget* buildResults();
  void showCount();
  void showProgress();
  void fillAxes();
  void showAxes();
  void chooseSweep(int index);
  void setCurrentPoint(int point);
  void openPoint();

  struct Field {
    QString option;
    QLineEdit* edit;
  };

  models::SweepPtr m_results;
  bool m_running = false;
  std::vector<Field> m_fields;
  QLabel* m_count = nullptr;
  QLabel* m_sentence = nullptr;
  QPushButton* m_start = nullptr;
  QPushButton* m_resume = nullptr;
  QPushButton* m_pause = nullptr;
  QPushButton* m_cancel = nullptr;
  QPushButton* m_open = nullptr;
  QProgressBar* m_progress = nullptr;
  QComboBox* m_sweeps = nullptr;
  QComboBox* m_across = nullptr;
  QComboBox* m_figure = nullptr;
  plot::SweepChart* m_chart = nullptr;
  DataTable* m_table = nullptr;
};

}  // namespace views::pages
