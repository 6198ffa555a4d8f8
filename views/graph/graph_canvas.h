#pragma once

// The painted graph: pans, zooms, hits, hovers, walks by keyboard. It paints what the selection hub
// announces and sends intents; it decides nothing about the graph.

#include <QTimer>
#include <QVariantAnimation>
#include <QWidget>
#include <optional>
#include <string>
#include <vector>

#include "views/graph/cut_marks.h"
#include "views/graph/frame_cache.h"
#include "views/graph/glide.h"
#include "views/graph/graph_painter.h"
#include "views/graph/graph_walk.h"
#include "views/graph/viewport.h"
#include "views/shared/selection_hub.h"

namespace views::graph {

class GraphCanvas : public QWidget {
  Q_OBJECT

 public:
  /// `hub` outlives the canvas.
  GraphCanvas(shared::SelectionHub* hub, shared::GraphKind kind, QWidget* parent = nullptr);

  /// Shows another geometry. The box `anchor` (of a module call, by key), else the selection, else
  /// the box in the middle, keeps its place on the screen; the first geometry is shown from its
  /// top, and so is another one while nobody has moved away from there. Boxes glide to their new
  /// place where animations are wanted.
  void show(GraphScenePtr scene, const QString& anchor = {});
  /// Shows a sentence instead of a graph: nothing opened, an error.
  void showMessage(const QString& message);
  const GraphScenePtr& scene() const { return m_scene; }
  /// Shows what the other one shows, with its marks but the pointer's, at an own place.
  void copyLook(const GraphCanvas& other);

  /// Marks the boxes of these nodes; `others` says how the rest is painted.
  void setFound(const std::vector<std::string>& nodes, Others others);
  const std::set<int>& foundBoxes() const { return m_marks.found; }
  /// Marks what changes from one cut to another; equal cuts: no marks. Stays over new geometries.
  void setCutChange(Cut before, Cut after);
  const CutMarks& cutMarks() const { return m_cutMarks; }

  /// Null: none. Must be of the geometry that is shown.
  void setOverlay(std::shared_ptr<const Overlay> overlay);

  /// Null: the palette that suits the widget (the default).
  void setColors(const GraphPalette* palette);
  const GraphPalette& colors() const;

  const Viewport& viewport() const { return m_viewport; }
  bool isAtTop() const { return m_isAtTop; }
  void zoomBy(double factor);
  void zoomTo(double scale);
  void fit();
  void showTop();
  /// Centres the selection; once more: fits it.
  void zoomToSelection();
  void centerOn(QPointF scene);
  void goToMirror();
  void step(bool forwards);
  void toggleSelected();
  void nextFound(bool forwards);
  /// Pales all boxes but those that one edge joins with the selected one; again: one edge further.
  /// False if nothing is selected. setFound() ends it.
  bool focusAround();
  /// Pales all boxes but those on the ways between the two that were selected last. False if there
  /// are none.
  bool focusBetween();

  QSize sizeHint() const override { return {900, 640}; }
  QSize minimumSizeHint() const override { return {200, 150}; }

 Q_SIGNALS:
  /// A module call is to be opened or closed.
  void toggleRequested(const QString& moduleKey);
  void contextMenuRequested(const QPoint& globalPosition, const QString& moduleKey);
  void viewportChanged();
  void resized();
  /// One sentence about the box or edge under the pointer; empty if there is none.
  void hovered(const QString& sentence);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  enum class Drag { None, Pressed, Pan, ZoomBox };

  void takeSelection(const shared::Selection& selection);
  void selectBox(int box);
  void focusOn(std::set<int> boxes);
  void updateHover(QPointF device);
  void walk(Direction direction, bool pansOnly);
  void moved();
  void zoomed();
  void startGlide(const GraphScenePtr& before, const Viewport& was);
  void endGlide();
  void paintOverlay(QPainter& painter);
  void updateAccessibleText();
  std::string nodeInTheMiddle() const;
  QPointF anchorPoint(const QString& moduleKey, const std::string& node) const;
  QString moduleKeyAt(QPointF device) const;
  int boxAt(QPointF device) const;

  shared::SelectionHub* m_hub;
  shared::GraphKind m_kind;
  GraphScenePtr m_scene;
  QString m_message;
  GraphMarks m_marks;
  Cut m_cutBefore;
  Cut m_cutAfter;
  CutMarks m_cutMarks;
  const GraphPalette* m_palette = nullptr;  ///< null: the one that suits the widget's palette
  Viewport m_viewport;
  FrameCache m_cache;
  QTimer m_sharpen;  ///< runs while a zoom may go on
  std::optional<Glide> m_glide;
  QVariantAnimation m_glideTime;  ///< from 0 to 1
  bool m_isFirst = true;
  bool m_isCentred = false;  ///< zoomToSelection() was the last movement
  bool m_isAtTop = false;    ///< showTop() was
  int m_focusBox = -1;       ///< that focusAround() was about last
  int m_focusHops = 0;
  int m_selectedBefore = -1;  ///< the box that was selected before the primary one
  Drag m_drag = Drag::None;
  QPointF m_pressedAt;
  QPointF m_lastAt;
};

/// One sentence about a box, for tooltips, the status bar and screen readers.
QString boxSentence(const core::layout::GraphGeometry& geometry, int box);
QString edgeSentence(const core::layout::GraphGeometry& geometry, int edge);

}  // namespace views::graph
