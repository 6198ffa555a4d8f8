#pragma once

// LibTorch lets Python intercept operator calls through a table of functions. We fill that table
// ourselves, so no Python is needed.

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>
#include <c10/core/impl/PyInterpreter.h>

namespace core::trace {

/// Receives what the table is asked.
struct InterpreterEvents {
  /// An operator call below autograd, with a mode on.
  void (*dispatch)(const c10::OperatorHandle&, ::torch::jit::Stack*);
  /// An operator call at the top, with our Python dispatcher on.
  void (*redispatch)(const c10::OperatorHandle&, c10::DispatchKeySet, ::torch::jit::Stack*);
};

/// The process-wide interpreter, never freed (tensors may point to it). Its events are fixed by the
/// first call.
c10::impl::PyInterpreter* tracingInterpreter(const InterpreterEvents& events);

}  // namespace core::trace
