#pragma once

// The one paint path of the graph: screen, minimap, SVG and PNG are painted by the same code, which
// differs by scale only.

#include <QPainter>
#include <set>

#include "views/graph/graph_palette.h"
#include "views/graph/graph_scene.h"
#include "views/graph/overlay.h"

namespace views::graph {

/// How boxes are painted that the search did not hit.
enum class Others { Shown, Paler, Hidden };

/// What is marked, beside what the geometry says.
struct GraphMarks {
  std::set<int> selected;  ///< boxes
  int primary = -1;        ///< the one that is meant; among `selected`
  int hoveredBox = -1;
  int hoveredEdge = -1;
  std::set<int> found;  ///< boxes that the search hit
  Others others = Others::Shown;
  std::shared_ptr<const Overlay> overlay;  ///< of the same geometry; null: none

  bool operator==(const GraphMarks&) const = default;
};

/// How much detail is painted, by the size of a unit on the device.
enum class DetailBand {
  Far,     ///< < 0.15: flat blocks, module names at constant size
  Middle,  ///< < 0.45: flat blocks, thin lines, titles at constant size where they fit
  Near,    ///< rounded boxes, text, marks, arrow heads
};
DetailBand bandFor(double scale);

/// Whether thousands of lines in one place are all painted, as files want it, or as many as can be
/// told apart.
enum class Crowds { Whole, Thinned };

class GraphPainter {
 public:
  GraphPainter(const GraphScene& scene, const GraphPalette& palette, const GraphMarks& marks)
      : m_scene(scene), m_palette(palette), m_marks(marks) {}

  /// `painter` maps scene units to the device with `scale`; only what meets `visible` (scene units)
  /// is painted.
  void paint(QPainter& painter, const QRectF& visible, double scale,
             Crowds crowds = Crowds::Whole) const;
  /// What changes often, over what paint() made: outlines of selected, hovered and found boxes, and
  /// the edges of selected and hovered ones.
  void paintMarked(QPainter& painter, const QRectF& visible, double scale) const;

 private:
  void paintLanes(QPainter& painter, const QRectF& visible) const;
  void paintFrames(QPainter& painter, const QRectF& visible, double scale) const;
  void paintFrameTitle(QPainter& painter, int frame, double scale) const;
  void paintEdges(QPainter& painter, const QRectF& visible, double scale, Crowds crowds) const;
  bool isCrowd(const std::vector<int>& edges, double scale) const;
  void paintCrowd(QPainter& painter, const std::vector<int>& edges, bool lit) const;
  void paintEdge(QPainter& painter, int edge, double scale, bool isLit) const;
  void paintArrow(QPainter& painter, int edge) const;
  void paintNetLabel(QPainter& painter, int edge, double scale, bool isLit) const;
  void paintBoxes(QPainter& painter, const QRectF& visible, double scale) const;
  void paintFlatBox(QPainter& painter, int box, double scale) const;
  void paintBox(QPainter& painter, int box) const;
  void paintBoxText(QPainter& painter, int box, double scale) const;
  void paintBadges(QPainter& painter, int box) const;
  void paintMarks(QPainter& painter, int box) const;
  void paintOutline(QPainter& painter, int box, bool isMirror, double scale) const;
  const LaneColors& laneColors(const core::layout::Box& box) const;
  bool isFoundOrShown(int box) const {
    return m_marks.others == Others::Shown || m_marks.found.count(box) != 0;
  }
  bool isDimmed(int box) const { return m_marks.others == Others::Paler && !isFoundOrShown(box); }
  bool isHidden(int box) const { return m_marks.others == Others::Hidden && !isFoundOrShown(box); }
  /// True if an end of the edge is hidden.
  bool isEdgeHidden(int edge) const;
  bool isLit(int edge) const;
  /// Null if the overlay says nothing about the box.
  const OverlayMark* overlayMark(int box) const;

  const GraphScene& m_scene;
  const GraphPalette& m_palette;
  const GraphMarks& m_marks;
};

/// The mark of a saved value: a filled diamond; hollow for one that costs nothing.
void paintDiamond(QPainter& painter, QPointF center, double radius, const QColor& color,
                  bool isFilled);
/// The mark of a recomputed value: an open circle with an arrow head.
void paintRecomputeMark(QPainter& painter, QPointF center, double radius, const QColor& color);

/// Width of an edge by its bytes: thin for small tensors, never a bar.
double edgeWidth(std::int64_t bytes);

}  // namespace views::graph
