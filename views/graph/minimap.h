#pragma once

// The small picture of the whole graph beside the canvas. Shown while the graph is larger than the
// canvas and there is room; drag, click and wheel act on the canvas.

#include <QPixmap>
#include <QWidget>

#include "views/graph/graph_canvas.h"

namespace views::graph {

class Minimap : public QWidget {
  Q_OBJECT

 public:
  /// `canvas` outlives the map.
  explicit Minimap(GraphCanvas* canvas, QWidget* parent = nullptr);

  /// If false, it stays hidden.
  void setWanted(bool wanted);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void follow();
  /// Of the canvas and the map together; it does not depend on whether the map is shown.
  QSizeF room() const;
  bool isNeeded() const;
  void paintPicture();
  void moveTo(QPointF at);
  QPointF toScene(QPointF at) const;

  GraphCanvas* m_canvas;
  GraphScenePtr m_painted;  ///< the scene that m_picture shows
  const GraphPalette* m_colors = nullptr;
  QSize m_paintedFor;
  QPixmap m_picture;
  double m_scale = 1;
  QPointF m_corner;  ///< of the picture in the widget
  bool m_wanted = true;
};

}  // namespace views::graph
