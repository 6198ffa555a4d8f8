#pragma once

// Which dimensions of a call's result are the very size objects of its operands.

#include <vector>

#include "core/trace/size_objects.h"

namespace core::trace {

/// What the rules need of one call.
struct SizeFlowCall {
  const ir::Node& node;
  std::vector<SeenShape> inputs;  ///< of the tensors among the arguments, in order
  SeenShape list;                 ///< the first list of integers among the arguments
};

/// Sets `object` in each dimension of `result` that is an object of the call's operands. What stays
/// kFixed and moves is a new object (PyTorch computed it, even where the value is an operand's).
void flowSizes(const SizeFlowCall& call, SeenShape& result);

}  // namespace core::trace
