#pragma once

// The strides of pointwise results whose operands have an ambiguous layout.

#include <vector>

namespace c10 {
class OperatorHandle;
struct IValue;
}  // namespace c10

namespace core::trace {

/// Gives the one result of a pointwise call on meta tensors the strides that PyTorch's Python shape
/// functions give it, where LibTorch's differ (trace rule: four dimensions, every operand
/// contiguous and channels_last at once). Does nothing for other calls. `arguments` are the call's
/// arguments; `results` holds its results only.
void fixPointwiseLayout(const c10::OperatorHandle& op, const std::vector<c10::IValue>& arguments,
                        std::vector<c10::IValue>& results);

}  // namespace core::trace
