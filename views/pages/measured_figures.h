#pragma once

// What was measured of the nodes, for the overlays of the graphs.

#include "views/graph/overlay.h"
#include "views/pages/snapshot.h"

namespace views::pages {

/// Times of the profiled step and differences to eager; null without a graph. A slice that computes
/// several nodes is shared out among them by their estimated time. The same object as long as the
/// snapshot shows the same measurements.
std::shared_ptr<const graph::Measured> measuredFigures(const Snapshot& snapshot);

}  // namespace views::pages
