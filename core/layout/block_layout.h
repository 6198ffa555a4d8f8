#pragma once

// Places of boxes and of edges inside lanes.

#include <array>
#include <vector>

#include "core/base/stage_context.h"
#include "core/layout/folded_ranks.h"
#include "core/layout/layout_memo.h"
#include "core/layout/visible_graph.h"

namespace core::layout {

/// The lines of one link, from its source to its target.
using Line = std::vector<Point>;

struct LaneLayout {
  std::vector<Line> lines;           ///< per link of the graph
  std::array<int, kLanes> widths{};  ///< of the lanes; 0: nothing in it
  int height = 0;
};

/// Gives every box of `graph` its rectangle, as if each lane began at x = 0, and every link its
/// line. Rows are shared between lanes. Errors: Cancelled.
Result<LaneLayout> layoutBlocks(VisibleGraph& graph, const std::vector<BlockRows>& rows,
                                LayoutMemo& memo, const StageContext& context);

}  // namespace core::layout
