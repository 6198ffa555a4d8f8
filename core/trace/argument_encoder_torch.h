#pragma once

// A call's arguments as PyTorch's graph dumps print them.

#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/ir/graph.h"

namespace core::trace {

using NodeOfTensor = std::unordered_map<const c10::TensorImpl*, ir::NodeId>;

struct EncodedArguments {
  std::vector<ir::Argument> args;
  std::vector<std::pair<std::string, ir::Argument>> kwargs;
};

/// Positional arguments up to the last that differs from its default, keyword-only ones that
/// differ. Known tensors are nodes, numbers in tensor's clothes are numbers; devices print as
/// `device`. Throws c10::NotImplementedError for values that the IR cannot hold.
EncodedArguments encodeArguments(const c10::FunctionSchema& schema,
                                 const std::vector<c10::IValue>& values, const NodeOfTensor& nodes,
                                 ir::Device device);

}  // namespace core::trace
