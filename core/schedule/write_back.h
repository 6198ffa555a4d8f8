#pragma once

// `copy_` into graph inputs: the mutations that stay in a graph.

#include "core/schedule/schedule.h"

namespace core::schedule {

/// Whether `node` is a `copy_` of a tensor into another one.
bool isWriteBack(const ir::Graph& graph, const ir::Node& node);

/// The copy step of a write back; the node's own place becomes its destination. Both tensors must
/// have places.
CopyStep writeBackStep(Schedule& schedule, const ir::Node& node);

}  // namespace core::schedule
