#pragma once

// Joint graphs of shapes that are hard to draw: very long, very wide, very dense, oddly named.

#include <string>

#include "core/ir/joint_graph.h"

namespace support {

/// Calls one after the other, without modules; with a backward, each saves its result for it.
core::ir::JointGraph chainJoint(int length, bool hasBackward);
/// One value that `readers` calls read; the first result is the output. With a backward, every
/// reader's is made from its own result and the tangent.
core::ir::JointGraph hubJoint(int readers, bool hasBackward);
/// Every call reads all calls before it.
core::ir::JointGraph completeJoint(int nodes);
/// A chain of three calls whose names, operator and module are `name`.
core::ir::JointGraph namedJoint(const std::string& name);

}  // namespace support
