#pragma once

// The nets between lanes.

#include <memory>
#include <vector>

#include "core/layout/visible_graph.h"

namespace core::layout {

/// The nets of one gutter, a strip between two columns of boxes. They enter it from the left and
/// leave it to the right.
class Gutter {
 public:
  /// Finds places for the nets (indices into graph.nets), whose boxes have their y.
  Gutter(const VisibleGraph& graph, std::vector<int> nets, bool hasLabels);
  ~Gutter();

  /// What the nets, and a column for their labels, need.
  int width() const;
  /// The nets' lines, in order; the gutter begins at `left` and boxes have their final places.
  std::vector<Edge> route(const SceneParts& parts, int left) const;

 private:
  class Router;

  const VisibleGraph& m_graph;
  std::unique_ptr<const Router> m_router;
  bool m_hasLabels;
};

}  // namespace core::layout
