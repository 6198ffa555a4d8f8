#pragma once

// The tree of module calls that boxes are folded into.

#include <string>
#include <vector>

#include "core/layout/fold_views.h"
#include "core/layout/graph_geometry.h"

namespace core::layout {

struct ModuleCalls {
  std::vector<ModuleCall> calls;  ///< in preorder
  std::vector<int> callOf;        ///< per flow node, innermost; -1: the model itself, or unknown
};

/// Module calls of the forward nodes, in execution order. A module that is left and entered again
/// is called twice ("path", "path#2"), so that no two calls depend on each other in a circle. Calls
/// that would be a frame around a single box, or around nothing but one other frame, are left out,
/// and so are lists of blocks, which compute nothing themselves.
ModuleCalls findModuleCalls(const Flow& flow, const Folding& folding,
                            const std::vector<ir::ModuleScope>& known);

}  // namespace core::layout
