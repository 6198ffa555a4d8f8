#pragma once

// A geometry made ready for painting: Qt strings elided to their boxes, paths of edges, frames from
// the outside in. Made once per geometry; shared by the canvas, the minimap and the exports.

#include <QFont>
#include <QPainterPath>
#include <QRectF>
#include <QString>
#include <memory>
#include <vector>

#include "core/layout/graph_geometry.h"

namespace views::graph {

/// Text of a file made fit for one line: no control or direction characters, at most 256
/// characters.
QString oneLine(const std::string& text);
QRectF toRectF(const core::layout::Rect& rect);
/// The smallest one that contains `rect`.
core::layout::Rect toRect(const QRectF& rect);

/// The fonts of the graph, in units of the scene.
struct SceneFonts {
  QFont title;
  QFont detail;
  QFont badge;
  SceneFonts();
};

struct BoxText {
  QString whole;  ///< the title before it was elided, for sizes at which less fits
  QString title;
  QString detail;
  std::vector<QString> badges;  ///< as many as fit, in order; the last may be "+3"
};

class GraphScene {
 public:
  explicit GraphScene(core::layout::GraphGeometryPtr geometry);

  const core::layout::GraphGeometry& geometry() const { return *m_geometry; }
  const SceneFonts& fonts() const { return m_fonts; }
  QRectF bounds() const { return toRectF(m_geometry->bounds); }
  /// Elided on first use: most boxes of a large graph are never read.
  const BoxText& textOf(int box) const;
  const QPainterPath& pathOf(int edge) const;
  /// Frames, outer before inner.
  const std::vector<int>& frames() const { return m_frames; }

 private:
  BoxText makeText(const core::layout::Box& box) const;
  QPainterPath makePath(const core::layout::Edge& edge) const;

  core::layout::GraphGeometryPtr m_geometry;
  SceneFonts m_fonts;
  std::vector<int> m_frames;
  mutable std::vector<std::unique_ptr<BoxText>> m_texts;
  mutable std::vector<std::unique_ptr<QPainterPath>> m_paths;
};

using GraphScenePtr = std::shared_ptr<const GraphScene>;

/// Insets of what is written inside a box.
constexpr int kTextLeft = 14;
constexpr int kTextRight = 26;
constexpr int kBadgeHeight = 16;
/// Whether something stands in the box's upper right corner.
bool hasMark(const core::layout::Box& box);

}  // namespace views::graph
