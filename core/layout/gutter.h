#pragma once

// The nets between lanes.

#include <vector>

#include "core/layout/visible_graph.h"

namespace core::layout {

/// A strip between two columns of boxes. Nets enter it from the left and leave it to the right.
struct Gutter {
  int left = 0;
  int width = 0;
  bool hasLabels = false;  ///< a column for byte labels at its left side
};

/// Width that a gutter needs for these nets (indices into graph.nets), whose boxes have their y.
int gutterWidth(const VisibleGraph& graph, const std::vector<int>& nets, bool hasLabels);

/// Routes the nets; boxes have their final places. Nets keep their order.
std::vector<Edge> routeNets(const SceneParts& parts, const VisibleGraph& graph,
                            const std::vector<int>& nets, const Gutter& gutter);

}  // namespace core::layout
