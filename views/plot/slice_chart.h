#pragma once

// Slices of time as boxes in rows, painted by ourselves: a step has thousands, and only those that
// are wider than a pixel are drawn. Zooms and pans by mouse and keys; a box leads to its node.
//
//   wheel, + - W S   zoom at the pointer or the cursor    drag, ← → A D   pan
//   . ,              next and previous box                Home, 0         the whole step
//   Enter, click     choose the box's node

#include <QWidget>
#include <memory>

#include "views/models/slice_tracks.h"

namespace views::plot {

class SliceChart : public QWidget {
  Q_OBJECT

 public:
  using TracksPtr = std::shared_ptr<const std::vector<models::SliceTrack>>;

  /// `name` is for people who hear the window.
  SliceChart(const QString& name, QWidget* parent);

  /// Shows all of `tracks`, from the beginning to the end.
  void setTracks(TracksPtr tracks);
  /// Marks every box that stands for the node; the first becomes the current one.
  void markNode(const QString& node);
  /// The box under the cursor as a sentence; empty if there is none.
  QString currentText() const;
  /// The shown part of time, in microseconds.
  double viewStart() const { return m_start; }
  double viewLength() const { return m_length; }
  /// Makes the neighbour of the current box in time the current one.
  void step(int direction);
  void zoom(double factor, double at);
  void pan(double share);
  void showAll();

  QByteArray asSvg() const;
  QString asCsv() const;
  /// Writes what the path's suffix says: .svg, .png, .csv; false if it cannot be written.
  bool exportTo(const QString& path);

 Q_SIGNALS:
  /// The current box is another one.
  void currentChanged();
  /// A person chose a box that stands for this node.
  void nodeChosen(const QString& node);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  bool event(QEvent* event) override;

 private:
  struct Place {
    int track = -1;
    int slice = -1;
    bool operator==(const Place&) const = default;
  };

  void exportWithDialog();
  void paintAll(QPainter& painter) const;
  void paintAxis(QPainter& painter) const;
  void paintTrack(QPainter& painter, int track, double top) const;
  void paintSlice(QPainter& painter, Place place, const QRectF& box) const;
  const models::ChartSlice* sliceAt(Place place) const;
  Place placeAt(const QPointF& position) const;
  QRectF boxOf(Place place) const;
  double trackTop(int track) const;
  double rowHeight() const;
  double timeAt(double x) const;
  double xOf(double time) const;
  double endOfAll() const;
  void setCurrent(Place place, bool isShown);
  void show(double time);
  void chooseCurrent();
  QString textOf(Place place) const;

  TracksPtr m_tracks;
  double m_start = 0;
  double m_length = 1;
  Place m_current;
  QString m_node;
  QPointF m_pressedAt;
  double m_pressedStart = 0;
  bool m_dragging = false;
};

}  // namespace views::plot
