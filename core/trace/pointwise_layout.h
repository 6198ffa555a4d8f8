#pragma once

// The strides of pointwise results on meta tensors.

#include <vector>

namespace at {
class Tensor;
}

namespace c10 {
class OperatorHandle;
struct IValue;
}  // namespace c10

namespace core::trace {

/// Gives the dense result of a pointwise computation on these tensors its strides. Operands without
/// dimensions do not take part.
void layOutPointwise(const std::vector<at::Tensor>& operands, const at::Tensor& result);

/// Gives the one result of a pointwise call on meta tensors the strides that PyTorch's Python shape
/// functions give it (elementwise_layout.h). Does nothing for other calls. `arguments` are the
/// call's arguments; `results` holds its results only.
void fixPointwiseLayout(const c10::OperatorHandle& op, const std::vector<c10::IValue>& arguments,
                        std::vector<c10::IValue>& results);

}  // namespace core::trace
