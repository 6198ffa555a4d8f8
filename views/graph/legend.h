#pragma once

// What the colours, lines and marks of the graph mean.

#include <QWidget>

#include "views/graph/graph_canvas.h"

namespace views::graph {

class Legend : public QWidget {
  Q_OBJECT

 public:
  /// A child of the canvas, in its lower left corner.
  explicit Legend(GraphCanvas* canvas);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void place();

  GraphCanvas* m_canvas;
};

}  // namespace views::graph
