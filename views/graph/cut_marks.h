#pragma once

// What another cut would change, drawn over the picture of the present one: no layout is needed, so
// it follows a finger on the budget. A box whose value changes its fate gets a pill with the ghost
// of what it was and what it becomes; edges of values that are no longer saved turn into dashes.

#include <QPainter>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "core/partition/partition.h"
#include "views/graph/graph_palette.h"
#include "views/graph/graph_scene.h"

namespace views::graph {

enum class CutFate { Neither, Recomputed, Saved };

/// What one partition does with its values, by name; those that it neither saves nor recomputes are
/// absent. A drag asks it for every node of the picture at each step.
using Cut = std::unordered_map<std::string, CutFate>;

Cut cutOf(const core::partition::Partition& partition);

struct FateChange {
  CutFate before = CutFate::Neither;
  CutFate after = CutFate::Neither;

  bool operator==(const FateChange&) const = default;
};

/// The changes between two cuts, by box and by edge of a geometry.
struct CutMarks {
  std::map<int, FateChange> boxes;
  std::set<int> droppedEdges;  ///< edges of saved values, all of which are saved no more
};

/// Boxes of the forward (operators, collapsed modules, inputs) whose values change between the
/// cuts. A box with several values takes the strongest fate: saved before recomputed.
CutMarks cutMarks(const core::layout::GraphGeometry& geometry, const Cut& before, const Cut& after);

/// Paints the marks that meet `visible`; as paint() of GraphPainter.
void paintCutMarks(QPainter& painter, const GraphScene& scene, const GraphPalette& palette,
                   const CutMarks& marks, const QRectF& visible, double scale);

}  // namespace views::graph
