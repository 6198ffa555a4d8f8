// LibTorch's meta kernels of pointwise operators lay their results out with TensorIterator,
// PyTorch's tracer with Python's shape functions. Where the two differ (elementwise_layout.h) the
// result's strides are set again.

#include "core/trace/pointwise_layout.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>
#include <string>
#include <unordered_set>

#include "core/trace/elementwise_layout.h"

namespace core::trace {
namespace {

// Laid out as pointwise operators, though PyTorch does not tag them so.
bool isUntaggedPointwise(const std::string& name) {
  static const std::unordered_set<std::string> names{
      "aten::_prelu_kernel",
      "aten::elu_backward",
      "aten::empty_like",
      "aten::flip",
      "aten::full_like",
      "aten::hardsigmoid_backward",
      "aten::hardswish",
      "aten::hardswish_backward",
      "aten::hardtanh_backward",
      "aten::leaky_relu",
      "aten::leaky_relu_backward",
      "aten::masked_fill",
      "aten::mish_backward",
      "aten::ones_like",
      "aten::rsub",
      "aten::softplus_backward",
      "aten::where",
      "aten::zeros_like",
  };
  return names.contains(name);
}

/// A clone is tagged, but keeps a dense input's strides as they are, and so does LibTorch's.
bool isPointwise(const c10::OperatorHandle& op) {
  const std::string& name = op.schema().name();
  return (op.hasTag(at::Tag::pointwise) && name != "aten::clone") || isUntaggedPointwise(name);
}

template <typename Visit>
void visitTensors(const c10::IValue& value, const Visit& visit) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) visit(value.toTensor());
  } else if (value.isList()) {
    for (const c10::IValue& element : value.toListRef()) visitTensors(element, visit);
  }
}

bool broadcastsTo(at::IntArrayRef sizes, const Extents& shape) {
  if (sizes.size() > shape.size()) return false;
  for (std::size_t i = 1; i <= sizes.size(); ++i) {
    const std::int64_t size = sizes[sizes.size() - i];
    if (size != 1 && size != shape[shape.size() - i]) return false;
  }
  return true;
}

/// The operands that take part in the layout: numbers do not.
std::vector<at::Tensor> operandsOf(const std::vector<c10::IValue>& arguments) {
  std::vector<at::Tensor> operands;
  for (const c10::IValue& argument : arguments)
    visitTensors(argument, [&](const at::Tensor& operand) {
      if (operand.is_meta()) operands.push_back(operand);
    });
  return operands;
}

/// Written as `where(condition on self, .., gradient)`: self decides before the gradient, which is
/// the first argument.
bool beginsWithSelf(const c10::OperatorHandle& op) {
  static const std::unordered_set<std::string> names{
      "aten::elu_backward",      "aten::hardsigmoid_backward", "aten::hardswish_backward",
      "aten::hardtanh_backward", "aten::leaky_relu_backward",  "aten::logit_backward",
      "aten::softplus_backward", "aten::threshold_backward",
  };
  return names.contains(op.schema().name());
}

bool isMaskedFill(const c10::OperatorHandle& op) {
  return op.schema().name() == "aten::masked_fill";
}

/// torch/_refs, masked_fill: where(mask, value, self).contiguous().
void layOutMaskedFill(const std::vector<at::Tensor>& operands, const at::Tensor& result) {
  layOutPointwise({operands[1], operands[0]}, result);
  if (!result.is_contiguous()) result.unsafeGetTensorImpl()->set_sizes_contiguous(result.sizes());
}

bool isDropoutBackward(const c10::OperatorHandle& op) {
  return op.schema().name() == "aten::native_dropout_backward";
}

/// torch/_decomp, native_dropout_backward: a clone in the memory format of the gradient.
void layOutDropoutBackward(const at::Tensor& gradient, const at::Tensor& result) {
  const at::Tensor like =
      at::empty(result.sizes(), result.options().memory_format(gradient.suggest_memory_format()));
  result.unsafeGetTensorImpl()->set_sizes_and_strides(like.sizes(), like.strides());
}

/// Whether the call asks for a layout of its own.
bool asksForLayout(const c10::OperatorHandle& op, const std::vector<c10::IValue>& arguments) {
  const auto& schema = op.schema().arguments();
  for (std::size_t i = 0; i < schema.size() && i < arguments.size(); ++i)
    if (schema[i].name() == "memory_format" && arguments[i].isInt())
      return arguments[i].toMemoryFormat() != at::MemoryFormat::Preserve;
  return false;
}

}  // namespace

void layOutPointwise(const std::vector<at::Tensor>& operands, const at::Tensor& result) {
  if (result.dim() < 2 || result.numel() == 0) return;
  const Extents sizes = result.sizes().vec();
  std::vector<Extents> operandStrides;
  for (const at::Tensor& operand : operands) {
    if (operand.dim() == 0) continue;
    if (!broadcastsTo(operand.sizes(), sizes)) return;
    operandStrides.push_back(
        expandedStrides(operand.sizes().vec(), operand.strides().vec(), sizes));
  }
  if (operandStrides.empty()) return;
  const Extents strides = elementwiseStrides(sizes, operandStrides);
  if (result.strides() == at::IntArrayRef(strides)) return;
  result.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides);
}

void fixPointwiseLayout(const c10::OperatorHandle& op, const std::vector<c10::IValue>& arguments,
                        std::vector<c10::IValue>& results) {
  if (results.size() != 1 || !results[0].isTensor() || op.schema().is_mutable()) return;
  const at::Tensor& result = results[0].toTensor();
  if (!result.defined() || !isPointwise(op) || asksForLayout(op, arguments)) return;
  std::vector<at::Tensor> operands = operandsOf(arguments);
  if (beginsWithSelf(op)) std::reverse(operands.begin(), operands.end());
  if (isMaskedFill(op)) {
    layOutMaskedFill(operands, result);
  } else if (isDropoutBackward(op)) {
    layOutDropoutBackward(operands.front(), result);
  } else {
    layOutPointwise(operands, result);
  }
}

}  // namespace core::trace
