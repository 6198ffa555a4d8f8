#pragma once

// Constants of a graph as inputs. PyTorch's graphs read a lifted constant of a submodule by
// `get_attr`, which partitioners must see; what runs a graph would rather be given it.

#include <cstddef>
#include <map>
#include <string>

#include "core/ir/joint_graph.h"
#include "core/ir/origin_map.h"

namespace core::ir {

/// Every `get_attr` of a tensor becomes a placeholder of its name, after the others and in their
/// order. The same pointer if there is none.
PassResult attributesToInputs(const GraphPtr& graph);

/// By name of the joint graph's `get_attr` nodes: the input of the exported graph that they read.
std::map<std::string, std::size_t> inputsOfAttributes(const JointGraph& joint);

}  // namespace core::ir
