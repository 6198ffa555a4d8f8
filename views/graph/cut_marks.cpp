#include "views/graph/cut_marks.h"

#include <algorithm>
#include <cmath>

#include "views/graph/graph_painter.h"

namespace views::graph {

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::Edge;
using core::layout::EdgeKind;
using core::layout::GraphGeometry;
using core::layout::Lane;

namespace {

constexpr double kPillWidth = 46;
constexpr double kPillHeight = 18;
constexpr double kSmallestPill = 11;  ///< pixels high on the device

CutFate fateIn(const Cut& cut, const std::string& value) {
  const auto found = cut.find(value);
  return found == cut.end() ? CutFate::Neither : found->second;
}

/// The strongest fate of its values.
CutFate fateIn(const Cut& cut, const Box& box) {
  CutFate strongest = CutFate::Neither;
  for (const std::string& node : box.nodes) strongest = std::max(strongest, fateIn(cut, node));
  return strongest;
}

void paintFate(QPainter& painter, QPointF at, CutFate fate, const GraphPalette& palette,
               bool isGhost) {
  switch (fate) {
    case CutFate::Saved:
      return paintDiamond(painter, at, 4.6, isGhost ? palette.muted : palette.saved, !isGhost);
    case CutFate::Recomputed:
      return paintRecomputeMark(painter, at, 4.6,
                                isGhost ? palette.muted : palette.recomputed.accent);
    case CutFate::Neither:
      painter.setPen(QPen(palette.muted, 1.6));
      painter.drawLine(at - QPointF(3.5, 0), at + QPointF(3.5, 0));
  }
}

QColor colorOf(CutFate fate, const GraphPalette& palette) {
  switch (fate) {
    case CutFate::Saved: return palette.saved;
    case CutFate::Recomputed: return palette.recomputed.accent;
    case CutFate::Neither: return palette.muted;
  }
  return palette.muted;
}

/// "◇ → ↻" on the upper border of the box.
void paintPill(QPainter& painter, const Box& box, const FateChange& change,
               const GraphPalette& palette, double scale) {
  const double grow = std::max(1.0, kSmallestPill / (kPillHeight * scale));
  painter.save();
  painter.translate(box.rect.right() - 8, box.rect.y);
  painter.scale(grow, grow);
  const QRectF pill(-kPillWidth, -kPillHeight / 2, kPillWidth, kPillHeight);
  painter.setPen(QPen(colorOf(change.after, palette), 1.4));
  painter.setBrush(palette.background);
  painter.drawRoundedRect(pill, kPillHeight / 2, kPillHeight / 2);
  paintFate(painter, QPointF(-kPillWidth + 11, 0), change.before, palette, true);
  painter.setPen(QPen(palette.muted, 1.2));
  painter.drawLine(QPointF(-27, 0), QPointF(-20, 0));
  painter.drawLine(QPointF(-20, 0), QPointF(-22.5, -2.5));
  painter.drawLine(QPointF(-20, 0), QPointF(-22.5, 2.5));
  paintFate(painter, QPointF(-11, 0), change.after, palette, false);
  painter.restore();
}

void paintDroppedEdge(QPainter& painter, const GraphScene& scene, int edge,
                      const GraphPalette& palette, double scale) {
  const double width = std::max(edgeWidth(scene.geometry().edges[edge].bytes) + 1, 1 / scale);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(palette.gutter, width + 1));
  painter.drawPath(scene.pathOf(edge));
  QPen pen(palette.recomputed.accent, std::max(1.4, 0.8 / scale));
  pen.setDashPattern({2, 3});
  painter.setPen(pen);
  painter.drawPath(scene.pathOf(edge));
}

}  // namespace

Cut cutOf(const core::partition::Partition& partition) {
  Cut cut(partition.savedTensors.size() + partition.recomputed.size());
  for (const auto& tensor : partition.savedTensors) cut.emplace(tensor.name, CutFate::Saved);
  for (const std::string& name : partition.recomputed) cut.emplace(name, CutFate::Recomputed);
  return cut;
}

CutMarks cutMarks(const GraphGeometry& geometry, const Cut& before, const Cut& after) {
  CutMarks marks;
  if (before == after) return marks;
  for (std::size_t i = 0; i < geometry.boxes.size(); ++i) {
    const Box& box = geometry.boxes[i];
    const bool isForward = box.lane == Lane::Forward && box.kind != BoxKind::Frame &&
                           box.kind != BoxKind::Output && box.kind != BoxKind::Tangent &&
                           box.kind != BoxKind::Gradient;
    if (!isForward) continue;
    const FateChange change{fateIn(before, box), fateIn(after, box)};
    if (change.before != change.after) marks.boxes.emplace(static_cast<int>(i), change);
  }
  for (std::size_t i = 0; i < geometry.edges.size(); ++i) {
    const Edge& edge = geometry.edges[i];
    const bool isDropped =
        edge.kind == EdgeKind::Saved && !edge.values.empty() &&
        std::none_of(edge.values.begin(), edge.values.end(), [&](const std::string& value) {
          return fateIn(after, value) == CutFate::Saved;
        });
    if (isDropped) marks.droppedEdges.insert(static_cast<int>(i));
  }
  return marks;
}

void paintCutMarks(QPainter& painter, const GraphScene& scene, const GraphPalette& palette,
                   const CutMarks& marks, const QRectF& visible, double scale) {
  if (marks.boxes.empty() && marks.droppedEdges.empty()) return;
  painter.setRenderHint(QPainter::Antialiasing);
  const QRect aligned = visible.toAlignedRect();
  const core::layout::Rect area{aligned.x(), aligned.y(), aligned.width(), aligned.height()};
  for (const int edge : scene.geometry().edgeIndex().query(area)) {
    if (marks.droppedEdges.count(edge) != 0) paintDroppedEdge(painter, scene, edge, palette, scale);
  }
  for (const int box : scene.geometry().boxIndex().query(area)) {
    const auto found = marks.boxes.find(box);
    if (found == marks.boxes.end()) continue;
    paintPill(painter, scene.geometry().boxes[box], found->second, palette, scale);
  }
}

}  // namespace views::graph
