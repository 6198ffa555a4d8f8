#pragma once

// What PyTorch replaces in Python before autograd while it traces, as tables for our own Python
// dispatcher. Needs no LibTorch header: a stack is a vector of values.

#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace c10 {
struct FunctionSchema;
struct IValue;
}  // namespace c10

namespace core::trace {

/// Replaces one operator call. Takes the call's arguments, defaults included, from the end of the
/// stack (a ::torch::jit::Stack) and puts the results there instead, calling simpler operators
/// through the dispatcher on the way. Returns false, with the stack unchanged, if this call is to
/// take its usual way. Throws c10::NotImplementedError if the call can have no trace.
using Override = bool (*)(std::vector<c10::IValue>* stack);

/// The replaced operators, by the address of their registered schema. To be asked for a call whose
/// highest dispatch key below PythonTLSSnapshot is an autograd key, with the mode on. Built on
/// first use.
const std::unordered_map<const c10::FunctionSchema*, Override>& compositeOverrides();

/// Operators that fall apart on meta tensors but are one kernel on the CPU. At an autograd key they
/// are to be called below autograd (AutoDispatchBelowAutograd, then callBoxed), so that they are
/// recorded whole.
const std::unordered_set<const c10::FunctionSchema*>& keepWhole();

}  // namespace core::trace
