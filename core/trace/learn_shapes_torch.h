#pragma once

// The shape of an operator without a shape function, learnt by running it.

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

#include <cstdint>
#include <vector>

namespace core::trace {

/// Whether a call on meta tensors finds a kernel.
bool hasShapeKernel(const c10::OperatorHandle& op);

/// Calls `op` on the CPU with zeros in the place of meta tensors and returns its results on meta.
/// The generator is left as it was. Throws c10::NotImplementedError if the zeros would take more
/// than `limitBytes` or the operator writes to its arguments or returns views of them; else what
/// the operator throws.
std::vector<c10::IValue> resultsOnZeros(const c10::OperatorHandle& op,
                                        const std::vector<c10::IValue>& arguments,
                                        std::int64_t limitBytes);

}  // namespace core::trace
