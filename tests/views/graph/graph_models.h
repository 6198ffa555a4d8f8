#pragma once

// Small graphs for the tests of the graph view.

#include <memory>

#include "core/layout/layout.h"

namespace support {

struct GraphModel {
  std::shared_ptr<const core::ir::JointGraph> joint;
  std::shared_ptr<const core::partition::Partition> partition;
};

/// `blocks` modules of two operators each, in a row, with their backward; partitioned by default.
GraphModel blockChain(int blocks);

/// Its geometry with all modules open or all closed; the run that equal ones are in is open.
core::layout::GraphGeometryPtr geometryOf(const GraphModel& model, bool open);

}  // namespace support
