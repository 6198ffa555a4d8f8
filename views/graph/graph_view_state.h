#pragma once

// What a person opened in a graph and where they look.

#include <QPointF>
#include <set>
#include <string>

namespace views::graph {

/// Kept in sessions and by going back.
struct GraphViewState {
  std::set<std::string> expanded;  ///< keys of module calls
  double scale = 1;
  QPointF center;  ///< in scene units

  bool operator==(const GraphViewState&) const = default;
};

}  // namespace views::graph
