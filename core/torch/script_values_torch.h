#pragma once

// What the reader of TorchScript asks of values, schemas and nodes.

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ir/node.h"

namespace core::torch {

/// "torch.nn.modules.linear.Linear" of
/// "__torch__.torch.nn.modules.linear.___torch_mangle_0.Linear".
std::string className(const c10::ClassTypePtr& type);

/// The Python line of a node; null if the file does not say.
std::shared_ptr<const ir::SourceLocation> sourceOf(const ::torch::jit::Node& node,
                                                   const std::string& function);
/// "net.py:9: `if x.sum() > 0:`".
std::string placeText(const ::torch::jit::Node& node);

/// Whether the value is a list with a tensor in it.
bool isTensorList(const c10::IValue& value);

/// Calls `visit(tensor)` for every defined tensor of a value, those in lists and tuples included.
template <typename Visit>
void forEachTensor(const c10::IValue& value, Visit&& visit) {
  if (value.isTensor() && value.toTensor().defined()) visit(value.toTensor());
  if (value.isTuple()) {
    for (const c10::IValue& element : value.toTupleRef().elements()) forEachTensor(element, visit);
  } else if (isTensorList(value)) {
    for (const c10::IValue& element : value.toListRef()) forEachTensor(element, visit);
  }
}

/// The list that a prim::ListConstruct makes of `values`.
c10::IValue listOf(const ::torch::jit::Node& node, const std::vector<c10::IValue>& values);

/// What a node gives that only makes or takes apart a tuple or list; empty for other nodes.
std::optional<std::vector<c10::IValue>> packedOrUnpacked(const ::torch::jit::Node& node,
                                                         const std::vector<c10::IValue>& values);

/// Whether a call takes a number out of a shape-only tensor.
bool readsData(const c10::FunctionSchema& schema, const std::vector<c10::IValue>& arguments);

/// A call as the exporter would write it: `x * 2` is mul.Tensor with a number, and a convolution of
/// a traced program has no flags of cuDNN.
struct ScriptCall {
  c10::OperatorHandle op;
  std::vector<c10::IValue> arguments;
};
ScriptCall exportedCall(const c10::OperatorHandle& op, std::vector<c10::IValue> arguments);

/// The argument that the dispatcher takes: on the shape-only device, numbers as tensors where the
/// schema wants one.
c10::IValue dispatchedArgument(const c10::Argument& wanted, const c10::IValue& value);

bool returnsTensors(const c10::FunctionSchema& schema);

/// Whether a call works on constants alone and can be computed: the sizes that a traced program
/// carries as tensors.
bool isFoldable(const c10::FunctionSchema& schema, const std::vector<c10::IValue>& values);

}  // namespace core::torch
