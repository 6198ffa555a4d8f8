#pragma once

// The promises of every graph.

#include <string>
#include <vector>

#include "core/ir/graph.h"

namespace core::ir {

/// Throws InternalError unless: placeholders come first and the output node is the last and only
/// one; every input was defined before its use; `getitem` reads a tuple within bounds; tensors have
/// as many strides as sizes; there is one descriptor per output, or none at all.
void verifyNodes(const std::vector<Node>& nodes, const std::vector<std::string>& descriptors);

}  // namespace core::ir
