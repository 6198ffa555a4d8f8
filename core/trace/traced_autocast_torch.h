#pragma once

// Autocast for meta tensors: LibTorch's own leaves them alone, since it asks for their device.

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <unordered_map>
#include <utility>

namespace core::trace {

/// Does to calls on meta tensors what CPU autocast does to calls on CPU tensors, on this thread's
/// autocast settings.
class TracedAutocast {
 public:
  /// Casts the call's arguments, which are the last of the stack, where autocast is on and has a
  /// rule for the operator; true if it has. The call is then to be made with autocast off. To be
  /// asked where autograd sees the casts.
  bool castArguments(const c10::OperatorHandle& op, ::torch::jit::Stack* stack);

 private:
  at::Tensor cast(const at::Tensor& tensor, at::ScalarType type);

  /// Casts of weights, kept while autocast is on; the second keeps the first's address taken.
  std::unordered_map<const c10::TensorImpl*, std::pair<at::Tensor, at::Tensor>> m_weightCasts;
};

}  // namespace core::trace
