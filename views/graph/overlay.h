#pragma once

// Figures painted over the boxes: what each costs, which kernel computes it, what becomes of it.

#include <QString>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/ir/joint_graph.h"
#include "core/layout/graph_geometry.h"
#include "core/partition/partition.h"

namespace views::graph {

enum class OverlayKind {
  None,
  Time,     ///< estimated by the roofline of a modest core
  Bytes,    ///< read and written
  Flops,    ///< by formula
  Fate,     ///< saved or recomputed
  Kernels,  ///< which boxes are one kernel
};

/// "None", "Estimated time" …
QString overlayName(OverlayKind kind);

/// Of one box; an amount has a share, a category has a number.
struct OverlayMark {
  double share = -1;  ///< of the largest amount of any op, in [0, 1]; -1: no amount
  int category = -1;  ///< -1: none
  QString text;       ///< "1.2 MiB", "K3"; empty: nothing is known of the box
};

struct Overlay {
  OverlayKind kind = OverlayKind::None;
  std::vector<OverlayMark> marks;   ///< per box of the geometry
  QString largest;                  ///< the amount that has share 1; empty without amounts
  std::vector<QString> categories;  ///< what the numbers mean
};

/// Labels of the kernels that compute a node of a partitioned graph, by its name.
using KernelLabels = std::map<std::string, QString, std::less<>>;

/// What the figures are taken from; null pointers leave them out.
struct OverlaySources {
  std::shared_ptr<const core::ir::JointGraph> joint;
  std::shared_ptr<const core::partition::Partition> partition;
  std::shared_ptr<const KernelLabels> kernels;
};

/// Amounts of a collapsed module are the sums of what is inside; frames have none.
Overlay makeOverlay(OverlayKind kind, const core::layout::GraphGeometry& geometry,
                    const OverlaySources& sources);

}  // namespace views::graph
