#pragma once

// What the colours, lines and marks of the picture mean: a strip below the canvas with one entry
// for each kind of thing that the picture has.

#include <QWidget>
#include <functional>
#include <vector>

#include "views/graph/graph_canvas.h"

namespace views::graph {

struct LegendEntry {
  QString text;
  /// Paints the sample around its middle.
  std::function<void(QPainter&, const GraphPalette&, QPointF)> paint;
};

/// Entries for the kinds of boxes, lines and marks in the geometry, in a fixed order.
std::vector<LegendEntry> legendOf(const core::layout::GraphGeometry& geometry);

class Legend : public QWidget {
  Q_OBJECT

 public:
  /// `canvas` outlives the legend, which has its colours.
  explicit Legend(const GraphCanvas* canvas, QWidget* parent = nullptr);
  void setEntries(std::vector<LegendEntry> entries);
  const std::vector<LegendEntry>& entries() const { return m_entries; }

  QSize sizeHint() const override;
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  int columns(int width) const;

  const GraphCanvas* m_canvas;
  std::vector<LegendEntry> m_entries;
};

}  // namespace views::graph
