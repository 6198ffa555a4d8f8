#pragma once

// What the files of overrides share. An override body is PyTorch's Python body in C++: the same
// calls in the same order with the same kinds of arguments, since each call becomes a node.

#include <ATen/ATen.h>
#include <ATen/ScalarOps.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <initializer_list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/trace/overrides/composite_overrides.h"

namespace core::trace::overrides {

using at::Tensor;
using c10::IValue;
using Sizes = std::vector<std::int64_t>;
using Stack = ::torch::jit::Stack;
using Table = std::unordered_map<const c10::FunctionSchema*, Override>;

/// Enters an override for "dropout" or "lstm.input". Throws if LibTorch has no such operator.
void enter(Table& table, const char* op, Override override);

/// A number as Python hands it to `tensor * number`: a tensor without dimensions that does not
/// decide the result's dtype. at::scalar_tensor would be a node of its own.
inline Tensor number(const at::Scalar& value) {
  return at::native::wrapped_scalar_tensor(value);
}

/// Takes the last `count` values off the stack.
inline std::vector<IValue> take(Stack* stack, std::size_t count) {
  return ::torch::jit::pop(*stack, count);
}

/// The tensor of an optional argument, or an undefined one.
inline Tensor tensorOrNone(const IValue& value) {
  return value.isTensor() ? value.toTensor() : Tensor();
}

void enterAttention(Table& table);
void enterLosses(Table& table);
void enterMatmul(Table& table);
void enterNorms(Table& table);
void enterRecurrent(Table& table);
void enterRefusals(Table& table);
void enterSimple(Table& table);
void enterSpectral(Table& table);
void enterUpsample(Table& table);

}  // namespace core::trace::overrides
