#pragma once

// Figures painted over the boxes: what each costs, which kernel computes it, what becomes of it.

#include <QString>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/ir/joint_graph.h"
#include "core/layout/graph_geometry.h"
#include "core/partition/partition.h"

namespace views::graph {

enum class OverlayKind {
  None,
  Time,          ///< estimated by the roofline of a modest core
  Bytes,         ///< read and written
  Flops,         ///< by formula
  Fate,          ///< saved or recomputed
  Kernels,       ///< which boxes are one kernel
  EagerTime,     ///< of a profiled step
  CompiledTime,  ///< of a profiled step
  Error,         ///< of compiled against eager
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
  std::vector<OverlayMark> marks;  ///< per box of the geometry
  QString largest;                 ///< the amount that has share 1; empty without amounts
  QString smallest;  ///< the amount that has share 0, where shares count powers of ten
  QString note;      ///< what must be known of the figures; may be empty
  std::vector<QString> categories;  ///< what the numbers mean
};

/// Labels of the kernels that compute a node of a partitioned graph, by its name.
using KernelLabels = std::map<std::string, QString, std::less<>>;

/// Figures by node. A recomputed node has one in the forward and another in the backward.
struct NodeFigures {
  std::unordered_map<std::string, double> forward;
  std::unordered_map<std::string, double> backward;
};

/// What was measured of the nodes; figures that nobody asked for yet are empty.
struct Measured {
  NodeFigures eagerSeconds;
  NodeFigures compiledSeconds;
  NodeFigures errors;         ///< largest difference relative to eager
  bool isTimeStale = false;   ///< measured with other options than the current ones
  bool isErrorStale = false;  ///< the same
};

/// What the figures are taken from; null pointers leave them out.
struct OverlaySources {
  std::shared_ptr<const core::ir::JointGraph> joint;
  std::shared_ptr<const core::partition::Partition> partition;
  std::shared_ptr<const KernelLabels> kernels;
  std::shared_ptr<const Measured> measured{};
};

/// Amounts of a collapsed module are the sums of what is inside (of errors the largest); frames
/// have none.
Overlay makeOverlay(OverlayKind kind, const core::layout::GraphGeometry& geometry,
                    const OverlaySources& sources);

}  // namespace views::graph
