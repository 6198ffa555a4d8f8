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
  /// A child of the canvas, which it follows. It stands where it covers the fewest boxes when a
  /// graph is shown, and is pale while it covers any and the pointer is elsewhere.
  explicit Minimap(GraphCanvas* canvas);

  /// The person's choice; it still hides while all is visible.
  void setWanted(bool wanted);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void enterEvent(QEnterEvent* event) override;
  void leaveEvent(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void follow();
  void paintPicture();
  void choosePlace();
  double coveredAt(QPoint place) const;
  void moveTo(QPointF at);
  QPointF toScene(QPointF at) const;

  GraphCanvas* m_canvas;
  GraphScenePtr m_painted;                 ///< the scene in m_picture
  const GraphPalette* m_colors = nullptr;  ///< its colours
  QPixmap m_picture;
  double m_scale = 1;
  bool m_wanted = true;
  QSize m_placedIn;  ///< size of the canvas when the place was chosen
};

}  // namespace views::graph
