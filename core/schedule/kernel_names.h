#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/ir/graph.h"

namespace core::schedule {

/// A name that says what a kernel computes ("fused_native_layer_norm_gelu"), from the operators
/// before decomposition. It is an identifier, at most about 60 characters long, and not in `taken`,
/// to which it is added.
std::string kernelName(const ir::Graph& graph, const std::vector<ir::NodeId>& nodes,
                       std::set<std::string>& taken);

}  // namespace core::schedule
