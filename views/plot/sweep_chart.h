#pragma once

// The done points of a sweep: time or peak memory against one of the options that were varied, or
// against each other. The best points are marked and joined.

#include "views/models/sweep_tables.h"
#include "views/plot/chart_frame.h"

namespace views::plot {

/// What an axis shows.
enum class SweepFigure { CompiledTime, EagerTime, CompiledPeak };

class SweepChart : public ChartFrame {
  Q_OBJECT

 public:
  explicit SweepChart(QWidget* parent = nullptr);

  void setResults(models::SweepPtr results);
  /// `across`: an option, or empty for the peak memory of compiled.
  void setAxes(const QString& across, SweepFigure figure);
  /// The point that is marked as current, -1 for none.
  void setCurrentPoint(int point);
  int shownPoints() const { return static_cast<int>(m_places.size()); }

 Q_SIGNALS:
  void pointChosen(int point);

 protected:
  models::Table numbers() const override;
  void redraw() override;
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;

 private:
  struct Place {
    int point = 0;
    double x = 0, y = 0;
  };

  void placePoints();
  void drawPoints(const std::vector<int>& best);
  void choose(int direction);

  models::SweepPtr m_results;
  QString m_across;
  SweepFigure m_figure = SweepFigure::CompiledTime;
  std::vector<Place> m_places;
  QStringList m_words;  ///< on the x axis, of an option whose values are no numbers
  int m_current = -1;
};

}  // namespace views::plot
