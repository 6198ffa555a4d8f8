#pragma once

// Figures that say how good a layout is.

#include <string>

#include "core/layout/graph_geometry.h"

namespace bench {

struct LayoutQuality {
  long long crossings = 0;  ///< pairs of straight pieces of links that cross, nets left out
  double length = 0;        ///< of all links, units
  int pairs = 0;            ///< boxes of the backward that have a forward box
  int aligned = 0;          ///< those whose middle is within their forward box's rows
};

LayoutQuality qualityOf(const core::layout::GraphGeometry& geometry);
/// One line.
std::string qualityText(const core::layout::GraphGeometry& geometry);

}  // namespace bench
