#pragma once

// The whole graph, small, with the visible part framed. Click and drag move the canvas. Hidden
// while everything is visible anyway.

#include <QPixmap>
#include <QWidget>

#include "views/graph/graph_canvas.h"

namespace views::graph {

class Minimap : public QWidget {
  Q_OBJECT

 public:
  /// A child of the canvas, which it follows.
  explicit Minimap(GraphCanvas* canvas);

  /// The person's choice; it still hides while all is visible.
  void setWanted(bool wanted);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void follow();
  void moveTo(QPointF at);
  QPointF toScene(QPointF at) const;

  GraphCanvas* m_canvas;
  GraphScenePtr m_painted;                 ///< the scene in m_picture
  const GraphPalette* m_colors = nullptr;  ///< its colours
  QPixmap m_picture;
  double m_scale = 1;
  bool m_wanted = true;
};

}  // namespace views::graph
