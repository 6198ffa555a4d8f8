#pragma once

// The boxes of the fully expanded picture ("units"), what they read from each other, and which
// backward unit belongs beside which forward one.

#include <optional>
#include <string>
#include <vector>

#include "core/base/stage_context.h"
#include "core/layout/fold_views.h"
#include "core/layout/graph_geometry.h"
#include "core/layout/module_calls.h"

namespace core::layout {

struct Unit {
  BoxKind kind = BoxKind::Op;
  Lane lane = Lane::Forward;
  int flow = -1;             ///< the node; -1 for an output pin
  std::vector<int> members;  ///< flow nodes shown here, the node itself first
  std::vector<Badge> badges;
  std::string label;  ///< of a pin
  int call = -1;      ///< innermost module call
  int partner = -1;   ///< the forward unit whose rows it shares; itself in the forward
};

/// A value read by one unit from another.
struct Link {
  int source = 0;
  int target = 0;
  int value = -1;         ///< the flow node read, as the reader names it
  int crossing = -1;      ///< the forward flow node that crosses to the backward, or -1
  bool isStatic = false;  ///< the value is (a view of) a parameter or buffer
};

struct Units {
  std::vector<Unit> units;  ///< forward first, execution order; then the backward's
  std::vector<Link> links;
  std::vector<int> unitOf;  ///< per flow node, of its home; -1 for badges
};

Units makeUnits(const Flow& flow, const Folding& folding, const ModuleCalls& modules);

/// Fills in Unit::partner and the module call of backward units (see the essay in the source).
void pairUnits(const Flow& flow, const Folding& folding, const ModuleCalls& modules, Units& units);

}  // namespace core::layout
