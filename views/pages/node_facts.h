#pragma once

// What a filter can ask of a node beside the graph: kernels, estimated costs, errors, bans.

#include <memory>

#include "views/pages/snapshot.h"
#include "views/shared/filter.h"

namespace views::pages {

/// The facts about every node of the joint graph of `snapshot`, by name; never null. The same
/// object as long as the snapshot shows the same record and the same other partition.
std::shared_ptr<const shared::NodeFactsByName> nodeFacts(const Snapshot& snapshot);

}  // namespace views::pages
