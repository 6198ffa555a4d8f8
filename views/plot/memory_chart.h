#pragma once

// Memory over program order: the bytes alive at each call of forward and backward, the peak marked,
// another partition's line behind it, and a cursor that mouse and arrow keys move.

#include "views/models/partition_study.h"
#include "views/plot/chart_frame.h"

namespace views::plot {

class MemoryChart : public ChartFrame {
  Q_OBJECT

 public:
  explicit MemoryChart(QWidget* parent = nullptr);

  /// Null clears the chart. `other` (may be null) is drawn behind as a dashed line, with the name
  /// `otherTitle`.
  void setTimeline(models::TimelinePtr timeline, models::TimelinePtr other,
                   const QString& otherTitle);
  /// The step under the cursor, -1 for none.
  int cursor() const { return m_cursor; }
  /// Moves the cursor; emits cursorMoved() if that changes it.
  void setCursorStep(int step);

 Q_SIGNALS:
  void cursorMoved(int step);
  /// A person clicked a step or pressed Enter on it.
  void stepChosen(int step);

 protected:
  models::Table numbers() const override;
  void redraw() override;
  void keyPressEvent(QKeyEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;

 private:
  void drawBars();
  void drawOther();
  void drawPeak();
  void drawHalves();
  void drawCursor();
  int stepAt(const QPointF& position) const;

  models::TimelinePtr m_timeline;
  models::TimelinePtr m_other;
  QString m_otherTitle;
  int m_cursor = -1;
};

}  // namespace views::plot
