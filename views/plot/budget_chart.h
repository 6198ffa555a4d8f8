#pragma once

// The chart that is the slider: memory against estimated recompute time, every partition that can
// be reached, the present one, PyTorch's, and what runs measured. Dragging or arrow keys move along
// the points that no other point beats.

#include <QPointF>
#include <memory>
#include <optional>
#include <vector>

#include "views/models/partition_study.h"
#include "views/plot/chart_frame.h"

namespace views::plot {

/// What the horizontal axis counts.
enum class MemoryAxis { SavedBytes, Peak };

struct BudgetChartContent {
  models::CurvePtr curve;  ///< null: not there yet
  std::optional<models::PartitionPlace> present;
  std::vector<models::MeasuredRun> measured;
  QString message;  ///< shown instead of the chart, if not empty
};

class BudgetChart : public ChartFrame {
  Q_OBJECT

 public:
  explicit BudgetChart(QWidget* parent = nullptr);

  void setContent(BudgetChartContent content);
  void setAxis(MemoryAxis axis);
  MemoryAxis axis() const { return m_axis; }
  /// Moves the mark of the present partition without a new content: a preview.
  void setPresent(const models::PartitionPlace& place);
  /// The points of the curve that can be stepped through on this axis, by index, least memory
  /// first.
  std::vector<int> front() const;
  /// Steps to the neighbour with more (+1) or less (-1) memory, or to the end with a large number.
  void step(int by);

 Q_SIGNALS:
  /// A person drags over this point of the curve.
  void pointPreviewed(int index);
  /// A person let go of a point, or stepped to it.
  void pointChosen(int index);

 protected:
  models::Table numbers() const override;
  void redraw() override;
  bool event(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  void styleLegend();
  bool hasRoomForLegend() const;
  void drawPoints();
  void drawReferences();
  void drawMeasured();
  void drawPresent();
  void fitAxes();
  void describe();
  double memoryOf(const models::PartitionPlace& place) const;
  QPointF pixelOf(const models::PartitionPlace& place) const;
  /// The point under `position`, else the point of the front nearest to it along the axis.
  int pointAt(const QPointF& position) const;
  int presentInFront(const std::vector<int>& front) const;
  QString pointText(int index) const;

  BudgetChartContent m_content;
  MemoryAxis m_axis = MemoryAxis::SavedBytes;
  int m_dragged = -1;  ///< the point under the pressed button
};

}  // namespace views::plot
