#pragma once

// Which nodes of the graph a line of a generated source computes.

#include <vector>

#include "core/codegen/kernel.h"
#include "core/schedule/loop_nest.h"

namespace core::codegen {

/// For each line of `kernel.source`, the nodes (of the scheduled graph, each once, in the order in
/// which the line names them) whose values it computes, loads or stores; none for lines of the
/// prelude and of the frame. `nest` is what the kernel was written from.
std::vector<std::vector<ir::NodeId>> nodesOfLines(const KernelSource& kernel,
                                                  const schedule::LoopNest& nest);

}  // namespace core::codegen
