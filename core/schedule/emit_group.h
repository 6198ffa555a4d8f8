#pragma once

// One kernel's loop nest from its nodes and their common domain.

#include <functional>
#include <optional>

#include "core/schedule/fusion_domain.h"
#include "core/schedule/schedule.h"

namespace core::schedule {

/// Where an operand (a value or a view) lies.
using PlaceOf = std::function<BufferView(ir::NodeId)>;

/// The kernel as FusionGroup: nest, arguments and the nodes that it computes (free ones that it
/// computes along are listed too). Empty if a member is read at a position at which it is not
/// computed; that can happen only where members are read at gathered positions. Axes are ordered
/// and merged (see arrange_axes.h); the name is left open.
std::optional<FusionGroup> emitGroup(const LoweredGraph& lowered, const FusionDomain& domain,
                                     const PlaceOf& placeOf);

}  // namespace core::schedule
