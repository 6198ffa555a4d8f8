#pragma once

// The shown boxes placed by Graphviz instead of by us. Graphviz runs elsewhere and sees integers
// only; here its question is written and its answer read.

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/layout/graph_geometry.h"

namespace core::layout {

/// Numbers of boxes and edges, the size of each box, the ends of each edge; frames are left out,
/// they hold boxes and are none.
std::string graphvizQuestion(const GraphGeometry& geometry);

/// The geometry with each box where the answer puts its middle, without frames and lanes, edges
/// as single curves. Errors: InvalidArgument if it is no answer to graphvizQuestion(geometry).
Result<GraphGeometryPtr> placedByGraphviz(const GraphGeometry& geometry, std::string_view answer);

}  // namespace core::layout
