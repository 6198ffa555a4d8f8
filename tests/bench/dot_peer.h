#pragma once

// Graphviz' `dot` on the boxes and links of a layout, as a peer of its time and quality.

#include "core/layout/graph_geometry.h"

namespace bench {

/// Prints what `dot` takes for the same boxes and links in one graph: with saved tensors as edges
/// ("plain"), and without them, the backward's links reversed ("mirrored"), and how its crossings
/// and lengths compare. Says so if `dot` is not installed or does not end in a minute.
void compareWithDot(const core::layout::GraphGeometry& geometry, double seconds);

}  // namespace bench
